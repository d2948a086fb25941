"""The papers of all areas in CITATION.cff, from the BibTeX of the catalogues.

    python provenance/citation.py

What stands above `references:` is written by hand.
"""

import json
import re
import unicodedata
from pathlib import Path

from certifield import engine

FILE = Path(__file__).resolve().parents[1] / "CITATION.cff"
TYPES = {"article": "article", "inproceedings": "conference-paper", "book": "book", "misc": "generic"}
ACCENTS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "v": "\u030c", "=": "\u0304", ".": "\u0307"}
PLAIN = {"journal": "journal", "volume": "volume", "booktitle": "collection-title", "note": "notes", "howpublished": "notes"}


def main() -> None:
    """Writes the file."""
    FILE.write_text(citation(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    print(FILE.name)


def citation(old: str) -> str:
    """The file ``old`` with the references of the catalogues."""
    references = dict.fromkeys(_reference(one["bibtex"]) for _, one in sorted(engine.references().items()))
    return old.partition("references:\n")[0] + "references:\n" + "".join(references)


def _reference(bibtex: str) -> str:
    """An entry of BibTeX, a field a line, in the words of the Citation File Format 1.2.0."""
    kind = re.findall(r"@(\w+)\{", bibtex)[0]
    inside = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"  # braces in braces in braces
    fields = {name: _text(value) for name, value in re.findall(rf"(\w+)\s*=\s*\{{({inside})\}}", bibtex)}
    lines = [f"type: {TYPES[kind]}", f"title: {json.dumps(fields['title'], ensure_ascii=False)}", "authors:"]
    lines += [f"  - {_author(one)}" for one in fields["author"].split(" and ")]
    lines += [f"year: {fields['year']}"] if "year" in fields else []
    lines += [f"{word}: {json.dumps(fields[name], ensure_ascii=False)}" for name, word in PLAIN.items() if name in fields]
    if kind == "inproceedings":
        lines += ["conference:", f"  name: {json.dumps(fields.get('booktitle', fields['title']), ensure_ascii=False)}"]
    if "publisher" in fields:
        lines += ["publisher:", f"  name: {json.dumps(fields['publisher'], ensure_ascii=False)}"]
    if "eprint" in fields:
        lines += ["identifiers:", "  - type: other", f"    value: arXiv:{fields['eprint']}"]
    return "".join(f"  {'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def _author(name: str) -> str:
    family, comma, given = name.partition(", ")
    if not comma:
        return f"name: {json.dumps(name, ensure_ascii=False)}"
    return f"{{family-names: {json.dumps(family, ensure_ascii=False)}, given-names: {json.dumps(given, ensure_ascii=False)}}}"


def _text(value: str) -> str:
    """Without the braces and accents of TeX."""
    accented = re.sub(r"\\([\"'`^~v=.])\s*\{?(\w)\}?", lambda found: found[2] + ACCENTS[found[1]], value)
    plain = accented.replace(r"\l", "ł").replace(r"\_", "_").replace(r"\&", "&")
    return unicodedata.normalize("NFC", re.sub(r"[{}]", "", plain))


if __name__ == "__main__":
    main()
