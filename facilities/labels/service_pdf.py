"""Labels as PDF: a QR code of the object's address, its name, kind and place."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from facilities.labels.sheets import Stock, places

PADDING_MM = 2.0
TITLE, TEXT = "Helvetica-Bold", "Helvetica"


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says. `code` is what its QR code holds."""

    code: str
    title: str
    lines: Sequence[str]


def render(labels: Sequence[Label], stock: Stock, skip: int = 0) -> bytes:
    """A PDF of the labels on this stock."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(stock.page_mm[0] * mm, stock.page_mm[1] * mm), invariant=True)
    canvas.setTitle("Labels")
    page_now = 0
    for label, (page, x_mm, y_mm) in zip(labels, places(stock, len(labels), skip), strict=True):
        if page != page_now:
            canvas.showPage()
            page_now = page
        _draw(canvas, label, x_mm, y_mm, stock.label_mm)
    canvas.save()
    return out.getvalue()


def _draw(
    canvas: Canvas, label: Label, x_mm: float, y_mm: float, size_mm: tuple[float, float]
) -> None:
    side_mm = min(size_mm[1] - 2 * PADDING_MM, size_mm[0] * 0.45)
    _draw_qr(canvas, label.code, x_mm + PADDING_MM, y_mm + (size_mm[1] - side_mm) / 2, side_mm)
    left = (x_mm + side_mm + 2 * PADDING_MM) * mm
    width = (size_mm[0] - side_mm - 3 * PADDING_MM) * mm
    size = min(14.0, size_mm[1] / 3.2)
    top = (y_mm + size_mm[1] / 2) * mm + size * (len(label.lines) * 0.5)
    _write(canvas, label.title, left, top, width, TITLE, size * 1.25)
    for number, line in enumerate(label.lines, start=1):
        _write(canvas, line, left, top - number * size * 1.25, width, TEXT, size * 0.85)


def _draw_qr(canvas: Canvas, code: str, x_mm: float, y_mm: float, side_mm: float) -> None:
    rows = [list(row) for row in segno.make(code, error="m", micro=False).matrix]
    module = side_mm / len(rows)
    for r, row in enumerate(rows):
        for c, dark in enumerate(row):
            if dark:
                x, y = x_mm + c * module, y_mm + side_mm - (r + 1) * module
                canvas.rect(x * mm, y * mm, module * mm, module * mm, stroke=0, fill=1)


def _write(
    canvas: Canvas, text: str, x: float, y: float, width: float, font: str, size: float
) -> None:
    while size > 4 and stringWidth(text, font, size) > width:
        size -= 0.5
    while len(text) > 1 and stringWidth(text, font, size) > width:
        text = text[:-2] + "…"
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)
