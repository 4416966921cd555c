"""PDF files through pypdfium2's raw interface: words with boxes and type, what is drawn around them, pictures of pages.

The only package that knows pypdfium2. pdfium is not thread-safe and its input is hostile: use this in a child process
alone. pdfium gives boxes in the page's own space, which ignores CropBox and /Rotate; everything leaves this package in
points from the displayed page's top-left corner.
"""

from legalqa.ingest.pdf.drawing import SetWord, drawn_text
from legalqa.ingest.pdf.file import PdfFile
from legalqa.ingest.pdf.page import PdfEncrypted, PdfError, PdfPage, Pixels

__all__ = ["PdfEncrypted", "PdfError", "PdfFile", "PdfPage", "Pixels", "SetWord", "drawn_text"]
