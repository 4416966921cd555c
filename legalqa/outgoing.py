"""What leaves a matter: reviews, reports, certificates, pictures of pages, memos.

Each as the policy allows, and recorded before it is written.
"""

from __future__ import annotations

import functools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from legalqa.settings import Settings
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.document import Document
from legalqa.values.matter import Coverage, MatterInfo, PageStatus
from legalqa.values.memo import Answered, Finding, Memo, MemoForm

if TYPE_CHECKING:
    from legalqa.engines import Engines
    from legalqa.exporting import Exporting, OnDrawn
    from legalqa.recording import Recording
    from legalqa.values.review import Grid


class Outgoing(ABC):
    """The part of a `Matter` that writes files for others."""

    info: MatterInfo
    settings: Settings
    recording: Recording
    _engines: Engines

    @abstractmethod
    def status(self) -> Coverage:
        """See `Matter.status`."""

    @abstractmethod
    def page_statuses(self, document_id: str) -> list[PageStatus]:
        """See `Matter.page_statuses`."""

    @abstractmethod
    def document(self, document_id: str) -> Document:
        """See `Matter.document`."""

    def write_coverage(self, file: Path, write: Callable[[Path], None] | None = None) -> None:
        """Write every file and page, with what became of it, as .csv or .json, or as `write` does; that it was exported
        stands in the audit file. UserError if that cannot be done.
        """
        from legalqa.report import coverage

        with self.recording.export("coverage", file):
            if write:
                write(file)
            else:
                coverage.write(file, self.status(), self.page_statuses)

    def write_review(self, grid: Grid, target: Path) -> None:
        """Write a review as .xlsx or .csv. Raises UserError if that cannot be done."""
        from legalqa.report import grid as grids

        paths = {file.document_id: file.path for file in self.status().files if file.document_id}
        grids.check(target)
        unseen = [cell.verdict for cell in grid.cells.values() if not cell.decision]  # the rest a person answers for
        with self.recording.export("review", target, unseen, review=grid.name, cells=len(grid.cells)):
            grids.write(grid, paths, target)

    def write_commented_copy(self, draft: Path, checked: VerifiedAnswer, target: Path) -> tuple[str, ...]:
        """Write a copy of a Word draft with a comment at every fault; returns the sentences that found no place.

        Raises UserError if the draft is no Word file or the copy cannot be written; the draft is as it was.
        """
        from legalqa.report import commented

        with self.recording.export("cite-check copy", target, draft=str(draft)):
            return tuple(note.sentence for note in commented.write(draft, target, commented.notes_of(checked)))

    def write_cite_check(self, checked: VerifiedAnswer, target: Path) -> None:
        """Write the report on a checked draft as a Word file. Raises UserError if it cannot be written."""
        from legalqa import disclosing
        from legalqa.report import cite_check

        warned = [one.words for one in disclosing.of(checked, self.document)]
        with self.recording.export("cite-check report", target, draft=checked.question):
            cite_check.write(checked, self.info.name, target, warned)

    def write_page_images(self, answer: VerifiedAnswer, folder: Path, scale: float = 2.0) -> tuple[Path, ...]:
        """Write each cited page of an answer as a PNG with the cited words boxed; returns the files."""
        from legalqa.report.page_image import highlight

        boxes: dict[tuple[str, int], list[Any]] = {}
        for sentence in answer.sentences:
            for citation in sentence.citations:
                for box in citation.boxes if citation.found else ():
                    boxes.setdefault((citation.document_id, box.page), []).append(box)
        written = []
        verdicts = [one.verdict for one in answer.sentences]
        with self.recording.export("page pictures", folder, verdicts, pages=[list(page) for page in boxes]):
            folder.mkdir(parents=True, exist_ok=True)
            for (document_id, page), on_page in boxes.items():
                document = self.document(document_id)
                image = self._engines.page_image(document, page, scale)
                scale = image.width / document.pages[page - 1].width  # a huge page is drawn smaller than asked
                file = folder / f"{PurePath(document.path).stem}-p{page}.png"
                file.write_bytes(highlight(image.width, image.height, image.rgb, list(dict.fromkeys(on_page)), scale))
                written.append(file)
        return tuple(written)

    def findings(self, answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        """What to look at before a memo of these answers leaves the firm; see `legalqa.exporting`.

        Raises Denied if the policy does not let them leave.
        """
        self.settings.policy.require_export("memo", [said.verdict for one in answered for said in one.answer.sentences])
        return self._exporting.findings(answered, form)

    def memo(
        self,
        answered: Sequence[Answered],
        form: MemoForm,
        *,
        on_drawn: OnDrawn | None = None,
        stop: threading.Event | None = None,
    ) -> Memo:
        """The answers as a memo, with a picture of each cited page, of which `on_drawn` hears.

        Raises UserError if there is no answer, Cancelled on `stop`.
        """
        return self._exporting.memo(answered, form, on_drawn or (lambda _drawn: None), stop or threading.Event())

    def write_memo(self, memo: Memo, target: Path, writer: str = "") -> None:
        """Write a memo as a Word file, or as `writer` does (see `exporting.write`); that it was exported stands in the
        audit file.

        Raises UserError if it cannot be written, Denied if the policy does not allow it.
        """
        from legalqa import exporting

        details = {"questions": list(memo.questions), "pages": [one.caption for one in memo.exhibits]}
        with self.recording.export("memo", target, memo.verdicts, **details):
            exporting.write(memo, target, writer)

    @functools.cached_property
    def _exporting(self) -> Exporting:
        from legalqa.exporting import Exporting

        standing = functools.partial(self.recording.standing, None)
        return Exporting(self.info, self.document, self._engines.page_image, standing, self._engines.ids)
