"""The frame that all pages share: one HTML document that needs nothing from anywhere else."""

import html
from collections.abc import Mapping, Sequence
from importlib import resources

from .figures import DARK, LIGHT, Sheet, style_variables


def document(
    title: str,
    kind: str,
    sheet: Sheet,
    header: str,
    sections: Mapping[str, tuple[str, str]],
    inside: Mapping[str, Sequence[tuple[str, str]]],
    footer: str,
) -> str:
    """A page of ``sections`` (anchor to heading and content) with a list of contents; ``inside``: what that lists below a section."""
    body = "".join(f'<section id="{name}"><h2>{heading}</h2>{content}</section>' for name, (heading, content) in sections.items())
    items = "".join(f'<li><a href="#{name}">{heading}</a>{_sublist(inside.get(name, []))}</li>' for name, (heading, _) in sections.items())
    title = html.escape(title or "Untitled study")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title} · Certifield</title><style>{_style()}</style></head><body>'
        f'{sheet.svg()}<header><p class="kind">{kind}</p><h1>{title}</h1>{header}</header>'
        f'<nav aria-label="Contents"><ol>{items}</ol></nav><main>{body}</main>'
        f"<footer>{footer}</footer></body></html>\n"
    )


def facts(items: Mapping[str, str]) -> str:
    """A list of names with their values."""
    return '<dl class="facts">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in items.items()) + "</dl>"


def _style() -> str:
    text = (resources.files("certifield.report") / "style.css").read_text(encoding="utf-8")
    return text.replace("/*light*/", style_variables(LIGHT)).replace("/*dark*/", style_variables(DARK))


def _sublist(items: Sequence[tuple[str, str]]) -> str:
    return "<ul>" + "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading in items) + "</ul>" if items else ""
