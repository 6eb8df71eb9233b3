"""Pictures of the README, taken from the reports that stand in reports/: run `make report`, then `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import ImageChops

ROOT = Path(__file__).resolve().parents[1]
# File name: report, and a sentence that stands on the wanted page and on no page before it but the contents.
PICTURES = {
    "summary.png": ("seoul/2024", "한 장 요약"),
    "example.png": ("example/2024", "한 장 요약"),
}
SCALE, MARGIN = 1.6, 16  # 115 dots per inch: sharp enough to read, about 100 KB


def take(report: str, heading: str, target: Path) -> None:
    """Draw the first page that begins a section with a heading, cut to what is printed on it."""
    document = pypdfium2.PdfDocument(ROOT / f"reports/{report}/council_report.pdf")
    for page in document:
        text = page.get_textpage().get_text_bounded()
        if heading in text and "차례" not in text:
            picture = page.render(scale=SCALE).to_pil().convert("L")
            left, top, right, bottom = ImageChops.invert(picture).getbbox()
            box = (left - MARGIN, top - MARGIN, right + MARGIN, min(bottom + MARGIN, picture.height))
            target.parent.mkdir(exist_ok=True)
            page.render(scale=SCALE).to_pil().convert("RGB").crop(box).quantize(128).save(target, optimize=True)
            return
    sys.exit(f"{report}: '{heading}'이(가) 있는 쪽을 찾지 못했으므로, tools/pictures.py의 PICTURES를 고쳐 주십시오.")


if __name__ == "__main__":
    for name, (report, heading) in PICTURES.items():
        take(report, heading, ROOT / "docs/pictures" / name)
        print(f"docs/pictures/{name}")
