"""A library in memory that returns real values: documents typeset with reportlab, their pages drawn by pypdfium2."""

from __future__ import annotations

import io
import tempfile
import threading
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pypdfium2
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import canvas

from legalqa import exporting, reviewing
from legalqa.answer import where as where_language
from legalqa.errors import Cancelled, UserError
from legalqa.exporting import Exporting, OnDrawn
from legalqa.feedback import FeedbackBook
from legalqa.library import Check
from legalqa.report import cite_check, commented
from legalqa.report import coverage as coverage_report
from legalqa.report import grid as grids
from legalqa.values.answer import (
    Authority,
    CheckedCitation,
    Condition,
    Draft,
    ModelId,
    Passage,
    Searched,
    Sentence,
    Verdict,
    VerifiedAnswer,
)  # fmt: skip
from legalqa.values.document import Document, Page, Section, Word
from legalqa.values.matter import Coverage, FileStatus, IndexReport, MatterInfo, PageStatus, Progress
from legalqa.values.memo import Answered, Finding, Memo, MemoForm
from legalqa.values.question import LeftOut, Mention, Scope, Suggestion, Understood
from legalqa.values.review import Grid, ReviewQuestion

STANDING = {  # as `Recording.standing` has it
    "models": {"model": "smollm2-135m-instruct", "embedding": "e1" * 32, "reranker": "e2" * 32, "reader": ""},
    "index": {"documents": 2, "sha256": "1d" * 32},
}
WIDTH, HEIGHT, SIZE, LEADING, LEFT = 612.0, 792.0, 12.0, 22.0, 72.0
LEASE = [
    "ARTICLE 4 RENT 4.1 Base Rent. Tenant shall pay to Landlord monthly Base Rent of $48,500.00 in advance on the "
    "first day of each calendar month. 4.2 Late Charges. Any installment not received within five (5) days after it "
    "is due shall bear a late charge of four percent (4%) of the overdue amount.",
    "ARTICLE 5 TERM 5.1 Expiration. This Lease shall expire on December 31, 2029 unless sooner terminated. "
    "5.2 Holding Over. Holdover rent shall be 150% of the Base Rent last payable under this Lease.",
    "ARTICLE 6 USE 6.1 Permitted Use. Tenant shall use the Premises only for a marine terminal.",
]
LETTER = ["March 3, 2024. Dear Ms. Alvarez: We have not received the March installment of Base Rent."]


@dataclass(frozen=True)
class Picture:
    """A drawn page, as the matter hands it out."""

    width: int
    height: int
    rgb: bytes
    instead: str = ""


class Typeset:
    """Pages of text as a PDF, and as a Document whose words lie where they are drawn."""

    def __init__(
        self, path: str, pages: Sequence[str], *, type: str, date: str | None, bates: int | None = None
    ) -> None:
        self.sheet = io.BytesIO()
        drawing = canvas.Canvas(self.sheet, pagesize=(WIDTH, HEIGHT))
        text, made = "", []
        for number, content in enumerate(pages, 1):
            start, words = len(text), []
            x, y = LEFT, 90.0
            drawing.setFont("Times-Roman", SIZE)
            for token in content.split():
                wide = stringWidth(token, "Times-Roman", SIZE)
                if x + wide > WIDTH - LEFT:
                    x, y = LEFT, y + LEADING
                drawing.drawString(x, HEIGHT - y, token)
                words.append(Word(len(text), len(text) + len(token), x, y - 10, x + wide, y + 3))
                text += token + " "
                x += wide + 3
            stamp = f"HARBOR{bates + number:06d}" if bates is not None else None
            made.append(Page(number, str(number), "text", start, len(text), WIDTH, HEIGHT, tuple(words), bates=stamp))
            drawing.showPage()
        drawing.save()
        self.document = Document(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, path)), path=path, sha256="0" * 64, kind="pdf",
            title=Path(path).stem, type=type, date=date, parties=(), paged=True, text=text, pages=tuple(made),
        )  # fmt: skip

    @cached_property
    def pdf(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.sheet.getvalue())

    def draw(self, page: int, scale: float) -> Picture:
        image = self.pdf[page - 1].render(scale=scale).to_pil().convert("RGB")
        return Picture(image.width, image.height, image.tobytes())

    def status(self) -> FileStatus:
        one = self.document
        bates = tuple(page.bates for page in one.pages if page.bates)
        ends = (bates[0], bates[-1]) if len(bates) > 1 else bates
        return FileStatus(
            one.path, one.sha256, "indexed", len(one.pages), "", one.id, one.title, one.type, one.date, ends
        )

    def cite(self, key: str, words: str, section: tuple[str, ...] = ()) -> CheckedCitation:
        """A citation of words that stand in the document."""
        one = self.document
        start = one.text.index(words)
        end = start + len(words)
        return CheckedCitation(
            key, True, Path(one.path).name, one.id, one.path, section,
            tuple(page.number for page in one.pages_of(start, end)), one.bates_of(start, end), words, start, end,
            one.boxes_of(start, end),
        )  # fmt: skip


def passage(key: int, typeset: Typeset, words: str) -> Passage:
    """A passage of the document."""
    cited = typeset.cite(str(key), words)
    assert cited.start is not None
    assert cited.end is not None
    return Passage(
        key, cited.document, cited.document_id, cited.path, (), cited.pages, cited.bates, cited.start, cited.end, 0.7,
        words, cited.boxes,
    )  # fmt: skip


def sentence(verdict: Verdict, text: str, *citations: CheckedCitation, reasons: tuple[str, ...] = ()) -> Sentence:
    """A checked sentence."""
    return Sentence(text, verdict, reasons, citations)


class FakeMatter:
    """Answers from a script. `gate`, if set, holds `ask` and `index` until it is opened or they are stopped; `loading`
    is how many seconds its models take to load, unless that is broken off.
    """

    def __init__(self, info: MatterInfo, typesets: Sequence[Typeset] = (), faulty: Sequence[FileStatus] = ()) -> None:
        self.info = info
        self.typesets = {one.document.id: one for one in typesets}
        self.faulty = list(faulty)
        self.exported: list[Path] = []  # what is recorded as exported
        self.gate: threading.Event | None = None
        self.fault: Exception | None = None
        self.asked: list[tuple[str, str]] = []
        self.scopes: list[str] = []
        self.histories: list[tuple[str, ...]] = []
        self.without: list[tuple[LeftOut, ...]] = []
        self.meanings: dict[str, Understood] = {}
        self.suggested: tuple[Suggestion, ...] = ()
        self.drawn: list[tuple[str, int, float]] = []
        self.indexed: list[Path] = []
        self.how: list[dict[str, object]] = []
        self.closed = False
        self.loading = 0.0
        self.broken_off = threading.Event()
        self.answers: dict[str, VerifiedAnswer] = {}
        self.cells: dict[tuple[str, str], VerifiedAnswer] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="legalqa-ui-"))
        self.feedback = FeedbackBook(self.folder, self.document)
        self.drafts = VerifiedAnswer("checked", (), (), (), Searched(0, 0), None, {})

    def status(self) -> Coverage:
        files = (*(one.status() for one in self.typesets.values()), *self.faulty)
        pages = sum(file.pages for file in files)
        return Coverage(len(self.typesets), {"text": pages, "ocr": 0, "blank": 0, "failed": 0}, files)

    def page_statuses(self, document_id: str) -> list[PageStatus]:
        return [
            PageStatus(page.number, page.label, page.source, page.confidence, page.bates, page.reason or "")
            for page in self._typeset(document_id).document.pages
        ]

    def write_coverage(self, file: Path, write: Callable[[Path], None] | None = None) -> None:
        self.exported.append(file)
        if write:
            write(file)
        else:
            coverage_report.write(file, self.status(), self.page_statuses)

    def _settle(self, paths: Sequence[Path], passwords: Sequence[str]) -> None:
        """A file that a password opens is one of the matter's documents from then on."""
        for file in [one for one in self.faulty if one.state == "encrypted" and Path(one.path) in paths]:
            if "open sesame" in passwords:
                self.faulty.remove(file)
                opened = Typeset(file.path, ["The board met."], type="notes", date=None)
                self.typesets[opened.document.id] = opened

    def document(self, document_id: str) -> Document:
        return self._typeset(document_id).document

    def displayed(self, document_id: str) -> Document:
        return replace(self.document(document_id), sections=())

    def sections(self, document_id: str) -> Sequence[Section]:
        return self.document(document_id).sections

    def page_image(self, document_id: str, page: int, scale: float = 2.0) -> Picture:
        self.drawn.append((document_id, page, scale))
        return self._typeset(document_id).draw(page, scale)

    def warm(self) -> None:
        """Takes its time, and nothing else."""
        self.broken_off.wait(self.loading)

    def break_off(self) -> None:
        self.broken_off.set()

    def close(self) -> None:
        self.closed = True

    def index(
        self,
        paths: Sequence[Path],
        *,
        ocr: str = "auto",
        passwords: Sequence[str] = (),
        retry: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        if self.fault:
            raise self.fault
        self.indexed.extend(paths)
        self.how.append({"ocr": ocr, "passwords": tuple(passwords), "retry": retry})
        self._settle(paths, passwords)
        files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
        added, failed = [], []
        for done, file in enumerate(files):
            if on_progress:
                on_progress(Progress("reading", done, len(files), done * 3, str(file), 150.0))
            self._wait(stop)
            if stop and stop.is_set():
                raise Cancelled("Stopped.")
            if file.suffix == ".txt":
                typeset = Typeset(str(file), [file.read_text()], type="letter", date=None)
                self.typesets[typeset.document.id] = typeset
                added.append(str(file))
            elif str(file) not in {one.document.path for one in self.typesets.values()}:
                failed.append(FileStatus(str(file), "", "unsupported", 0, f"{file.suffix} files cannot be read"))
        again = {one.path for one in failed}
        self.faulty = [*(one for one in self.faulty if one.path not in again), *failed]
        return IndexReport(tuple(added), (), 0, (), tuple(failed), (), len(added), 0.1)

    def filters(self, where: str) -> tuple[Condition, ...]:
        return where_language.parse(where)

    def suggestions(self) -> tuple[Suggestion, ...]:
        return self.suggested

    def understand(
        self, question: str, history: Sequence[str] = (), scope: str = "", without: Collection[LeftOut] = ()
    ) -> Understood:
        found = self.meanings.get(question, Understood(question, question))
        found = replace(
            found,
            mentions=tuple(one for one in found.mentions if LeftOut(one.kind, one.value) not in without),
            scopes=tuple(one for one in found.scopes if LeftOut("document", one.document_id) not in without),
        )
        if history and not found.scopes:
            before = self.meanings.get(history[-1], found)
            follows = question.startswith("And")  # a question that means nothing by itself
            found = replace(found, text=f"{question} (lease)" if follows else question, scopes=before.scopes)
        if scope == "all":
            return replace(found, scopes=())
        if scope:
            chosen = [one for one in self.typesets.values() if scope in (one.document.id, Path(one.document.path).name)]
            ids = [(one.document.id, Path(one.document.path).name) for one in chosen]
            return replace(found, scopes=tuple(Scope(id, 1.0, "chosen", name) for id, name in ids))
        return found

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        without: Collection[LeftOut] = (),
        on_draft: Callable[[Draft], None] | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        if self.fault:
            raise self.fault
        self.asked.append((question, where))
        self.scopes.append(scope)
        self.histories.append(tuple(history))
        self.without.append(tuple(without))
        tell = on_draft or (lambda _draft: None)
        tell(Draft("retrieving"))
        answer = self.answers.get(question) or VerifiedAnswer(
            "not_found", (), (), (), Searched(len(self.typesets), 3), None, {}, question
        )
        tell(Draft("answering", passages=answer.passages))
        text = ""
        for word in " ".join(one.text for one in answer.sentences).split()[:12]:
            text += word + " "
            tell(Draft("answering", text, answer.passages))
        self._wait(stop)
        if stop and stop.is_set():
            return replace(answer, sentences=answer.sentences[:1], stopped=True)
        tell(Draft("verifying", text, answer.passages))
        return answer

    def documents_in(self, where: str = "") -> tuple[str, ...]:
        kinds = [one.value for one in where_language.parse(where) if one.field == "type"]
        return tuple(id for id, one in self.typesets.items() if not kinds or one.document.type in kinds)

    def reviews(self) -> tuple[str, ...]:
        return reviewing.names(self.folder)

    def review(self, name: str) -> reviewing.Review:
        def ask(question: str, document_id: str, stop: threading.Event) -> VerifiedAnswer:
            self._wait(stop)
            nothing = VerifiedAnswer("not_found", (), (), (), Searched(1, 1), None, {}, question)
            return replace(self.cells.get((document_id, question), nothing), stopped=stop.is_set())

        return reviewing.Review(self.folder, name, ask)

    def review_templates(self) -> dict[str, tuple[ReviewQuestion, ...]]:
        return {"Lease": (ReviewQuestion("Rent", RENT), ReviewQuestion("Term", TERM))}

    def review_questions(self, file: Path) -> tuple[ReviewQuestion, ...]:
        return reviewing.questions_in(file)

    def write_review(self, grid: Grid, target: Path) -> None:
        grids.write(grid, {id: one.document.path for id, one in self.typesets.items()}, target)

    def read_draft(self, file: Path) -> str:
        return DRAFT if file.suffix == ".docx" else file.read_text()

    def verify(self, file: Path, text: str | None = None) -> VerifiedAnswer:
        if self.fault:
            raise self.fault
        self._wait(None)
        return replace(self.drafts, question=str(file))

    def write_commented_copy(self, draft: Path, checked: VerifiedAnswer, target: Path) -> tuple[str, ...]:
        return tuple(note.sentence for note in commented.write(draft, target, commented.notes_of(checked)))

    def write_cite_check(self, checked: VerifiedAnswer, target: Path) -> None:
        cite_check.write(checked, self.info.name, target)

    @cached_property
    def _exporting(self) -> Exporting:
        return Exporting(
            self.info,
            self.document,
            lambda document, page, scale: self.page_image(document.id, page, scale),
            lambda: STANDING,
            lambda: {"embedding": "all-minilm-l6-v2"},
        )

    def findings(self, answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        return self._exporting.findings(answered, form)

    def memo(
        self,
        answered: Sequence[Answered],
        form: MemoForm,
        *,
        on_drawn: OnDrawn | None = None,
        stop: threading.Event | None = None,
    ) -> Memo:
        if self.fault:
            raise self.fault
        self._wait(stop)
        return self._exporting.memo(answered, form, on_drawn or (lambda _drawn: None), stop or threading.Event())

    def write_memo(self, memo: Memo, target: Path, writer: str = "") -> None:
        exporting.write(memo, target, writer)

    def _typeset(self, document_id: str) -> Typeset:
        if document_id not in self.typesets:
            raise UserError(f"The matter holds no document {document_id}.")
        return self.typesets[document_id]

    def _wait(self, stop: threading.Event | None) -> None:
        while self.gate is not None and not self.gate.wait(0.01):
            if stop and stop.is_set():
                return


@dataclass
class FakeLibrary:
    """Matters in memory, by slug."""

    known: dict[str, FakeMatter] = field(default_factory=dict)
    fault: Exception | None = None

    def matters(self) -> tuple[MatterInfo, ...]:
        return tuple(matter.info for matter in self.known.values())

    def create(self, name: str, client: str = "") -> MatterInfo:
        slug = name.lower().replace(" ", "-")
        if slug in self.known:
            raise UserError(f"There is a matter called {slug!r} already.", kept="It was left as it is.")
        made = info(name, client)
        self.known[made.slug] = FakeMatter(made)
        return made

    def destroy(self, name: str) -> Path:
        if self.fault:
            raise self.fault
        del self.known[name]
        return Path("destroyed") / f"2026-11-22T010000Z {name}.json"

    def doctor(self) -> tuple[Check, ...]:
        return (
            Check("OCR (Tesseract)", True, "5.5"),
            Check("Reader model", False, "reader is missing in /srv/Secret Client/models", "Run legalqa models pull."),
        )

    def open(self, name: str) -> FakeMatter:
        if name not in self.known:
            raise UserError(f"There is no matter called {name!r}.")
        return self.known[name]


def info(name: str, client: str = "") -> MatterInfo:
    """What ``matter.toml`` would say."""
    slug = name.lower().replace(" ", "-")
    return MatterInfo(slug, slug, name, client, "2026-11-21T09:00:00+00:00", 1, f"matters/{slug}")


RENT = "What is the base rent, and what does a late payment cost?"
ABOUT_LEASE = "What does Delmar pay under the Harbor Point lease?"
DRAFT_SENTENCES = (
    "Tenant shall pay monthly Base Rent of $48,500.00. (Lease § 4.1.)",
    "The Lease expires on December 31, 2030. (Lease § 5.1.)",
    "\u201cHoldover rent shall be 200% of the Base Rent.\u201d (Lease § 5.2.)",
    "Delmar knew this.",
)
DRAFT = "I. FACTS\n\n{}  {}\n\n{}\n{}\n".format(*DRAFT_SENTENCES)
TERM = "When does the lease end?"
UNANSWERED = "Who insures the vessel?"


def harbor() -> FakeMatter:
    """One dispute with a lease, a letter, two faulty files and an answer that holds every verdict."""
    lease = Typeset("record/Harbor Point Lease.pdf", LEASE, type="lease", date="2019-12-01", bates=100)
    letter = Typeset("record/2024-03-03 Notice of default.pdf", LETTER, type="letter", date="2024-03-03")
    faulty = [
        FileStatus("record/Board minutes (sealed).pdf", "a", "encrypted", 0, "a password is needed to open it"),
        FileStatus("record/site-survey.dwg", "b", "unsupported", 0, ".dwg files cannot be read"),
    ]
    matter = FakeMatter(info("Harbor Point v. Delmar", "Harbor Point Terminals LLC"), [lease, letter], faulty)
    quote = "monthly Base Rent of $48,500.00 in advance on the first day of each calendar month."
    late = "shall bear a late charge of four percent (4%) of the overdue amount."
    searched = Searched(2, 4, ("Board minutes (sealed).pdf (a password is needed to open it)", "site-survey.dwg"))
    lost = CheckedCitation(
        "3", False, "Harbor Point Lease.pdf", lease.document.id, lease.document.path, (), (3,), ("HARBOR000103",),
        "holdover rent shall be 200% of the Base Rent", elsewhere=("Harbor Point Lease.pdf, p. 2 (says 150%)",),
    )  # fmt: skip
    scanned = replace(
        letter.cite("4", "We have not received the March installment of Base Rent."), ocr_confidence=71.0
    )  # fmt: skip
    matter.answers[RENT] = VerifiedAnswer(
        "answered",
        (
            sentence("verbatim", f"Tenant shall pay to Landlord {quote}",
                     lease.cite("1", quote, ("ARTICLE 4 RENT", "4.1 Base Rent")),
                     reasons=("the words stand in the cited place, exactly",)),
            sentence("supported", "An installment that comes more than five days late bears a charge of 4%.",
                     lease.cite("2", late, ("ARTICLE 4 RENT", "4.2 Late Charges")), scanned,
                     reasons=("the facts agree with the cited passage, which carries 87% of the sentence",)),
            sentence("unsupported", "The Lease expires on December 31, 2030.",
                     lease.cite("2", "This Lease shall expire on December 31, 2029", ("5.1 Expiration",)),
                     reasons=("the date December 31, 2030 does not stand in the cited passage (it says December 31, "
                              "2029)",)),
            sentence("bad_reference", "After the term, holdover rent is 200% of the Base Rent.", lost,
                     reasons=("the quoted words do not stand there: the record says 150%",)),
            sentence("uncited", "Such charges are customary.",
                     reasons=("cites no place in the record: nothing in it was checked",)),
        ),
        (Authority("Kel Kim Corp. v. Central Markets, 70 N.Y.2d 900 (1987)", "unknown"),),
        (passage(1, lease, quote),), searched, ModelId("smollm2-135m-instruct", "b179"), {}, RENT,
    )  # fmt: skip
    party = Mention(0, 6, "party", "Delmar Marine, Inc.", (lease.document.id, letter.document.id))
    named = Mention(
        10, 20, "document", "Harbor Point Lease.pdf", (lease.document.id,), (Path(letter.document.path).name,)
    )
    about = Scope(lease.document.id, 0.9, "named in the question", "Harbor Point Lease.pdf")
    matter.meanings[ABOUT_LEASE] = Understood(ABOUT_LEASE, "What is the rent?", (party, named), (about,))
    matter.answers[ABOUT_LEASE] = replace(matter.answers[RENT], question=ABOUT_LEASE)
    matter.suggested = (
        Suggestion("Base Rent", "term"), Suggestion("Basement Premises", "term"),
        Suggestion("Delmar Marine, Inc.", "party"), Suggestion("Late Charges", "heading"),
    )  # fmt: skip
    sound, wrong, lost_quote, bare = DRAFT_SENTENCES
    matter.drafts = VerifiedAnswer(
        "checked",
        (
            sentence("supported", sound, lease.cite("Lease § 4.1", quote)),
            sentence("unsupported", wrong, lease.cite("Lease § 5.1", "This Lease shall expire on December 31, 2029"),
                     reasons=("the cited passage says December 31, 2029",)),
            sentence("bad_reference", lost_quote, replace(lost, pages=(2,)), reasons=("the record says 150%",)),
            sentence("uncited", bare, reasons=("cites no place in the record",)),
        ),
        (), (), Searched(2, 4), None, {},
    )  # fmt: skip
    rent, end = matter.answers[RENT], lease.cite("1", "This Lease shall expire on December 31, 2029")
    matter.cells[lease.document.id, RENT] = replace(rent, sentences=rent.sentences[:1])
    doubtful = sentence("unsupported", "It ends in 2030.", end, reasons=("the record says 2029",))
    matter.cells[lease.document.id, TERM] = replace(rent, sentences=(doubtful,))
    matter.answers[UNANSWERED] = VerifiedAnswer(
        "not_found",
        (),
        (),
        (passage(1, lease, LEASE[2]), passage(2, letter, LETTER[0])),
        searched,
        None,
        {},
        UNANSWERED,
    )
    return matter
