"""Colours that survive colour blindness, a dark page and a grey printer.

The light colours are those of Okabe and Ito (2008), two of them darkened for thin lines.  Plots are drawn with them; on the page each
becomes a style variable of the same name, which the style sheet changes for a dark page.
"""

LIGHT = {
    "ink": "#1b1f24",
    "muted": "#6b7280",
    "faint": "#c9ced6",
    "paper": "#fffffe",
    "blue": "#0069a8",
    "orange": "#c65102",
    "green": "#00856a",
    "purple": "#a8528a",
    "sky": "#3f9fd8",
}
DARK = {
    "ink": "#e6e9ee",
    "muted": "#9aa3b0",
    "faint": "#454c58",
    "paper": "#15181d",
    "blue": "#62b6ee",
    "orange": "#f59a55",
    "green": "#3fcfa8",
    "purple": "#dd93c2",
    "sky": "#8fd0f5",
}


def style_variables(colours: dict[str, str]) -> str:
    """The colours as declarations of a style sheet."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
