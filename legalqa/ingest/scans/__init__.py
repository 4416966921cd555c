"""A picture of a page → its words: whether it needs OCR, cleaning, Tesseract, and where its words go."""
