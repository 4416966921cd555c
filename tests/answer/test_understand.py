"""Questions taken apart over a matter of invented documents: what they name, what is left to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from legalqa.answer.understand import Facts, understand
from legalqa.answer.understand.dates import dates_of
from legalqa.values.document import Definition
from legalqa.values.question import DocumentFacts, LeftOut, MentionKind, Understood

LEASE, SECOND_LEASE, AMENDED, NDA, OLD_NDA, SMITH, DOE, LETTER = (
    "lease", "cedar", "first-amendment", "nda-2021", "nda-2019", "smith", "doe", "letter",
)  # fmt: skip
BETWEEN = "MUTUAL NON-DISCLOSURE AGREEMENT Tidewell Foods, Inc. Cobalt Ridge Ltd."
TERMS = (Definition("Base Rent", 10, 60), Definition("Permitted Transfer", 70, 120))
HARBOR, TIDEWELL, OAK = "Harbor Point Holdings, LLC", "Tidewell Foods, Inc.", "Oak Realty Corp."
DOCUMENTS = [
    DocumentFacts(
        LEASE, ("HarborLease.pdf",), "Industrial Lease", "lease", "2019-03-15", (HARBOR, "Delmar Foods, Inc."),
        definitions=TERMS, opening="INDUSTRIAL LEASE between Harbor Point Holdings, LLC and Delmar Foods, Inc.",
    ),
    DocumentFacts(
        SECOND_LEASE, ("cedar st.pdf",), "Office Lease", "lease", "2020-06-01", ("Quint Renner LLP", OAK),
        opening="OFFICE LEASE of the premises at 400 Cedar Street by Oak Realty Corp. to Quint Renner LLP",
    ),
    DocumentFacts(
        AMENDED, ("First Amendment 2021-09-20.pdf",), "First Amendment to Industrial Lease", "amendment", "2021-09-20",
        (HARBOR, "Delmar Foods, Inc."), amends=(LEASE,), opening="FIRST AMENDMENT TO INDUSTRIAL LEASE Harbor Point",
    ),
    DocumentFacts(
        NDA, ("NDA Tidewell.docx",), "Mutual Non-Disclosure Agreement", "nda", "2021-01-08",
        (TIDEWELL, "Cobalt Ridge Ltd."), opening=BETWEEN,
    ),
    DocumentFacts(
        OLD_NDA, ("NDA Tidewell old.docx",), "Mutual Non-Disclosure Agreement", "nda", "2019-02-01",
        (TIDEWELL, "Cobalt Ridge Ltd."), opening=BETWEEN,
    ),
    DocumentFacts(SMITH, ("depo_smith.pdf",), "Deposition of Ann Smith", "transcript", None, (), ("Ann Smith",)),
    DocumentFacts(DOE, ("depo_doe.pdf",), "Deposition of John Doe", "transcript", None, (), ("John Doe",)),
    DocumentFacts(
        LETTER, ("scan0042.pdf",), "Roof repairs", "letter", "2024-06-11", ("Northgate Mechanical Services, Inc.",),
        bates=("HARBOR000101", "HARBOR000104"), opening="Northgate June 11, 2024 Roof repairs",
    ),
]  # fmt: skip
FACTS = Facts(DOCUMENTS)


def ask(question: str, *history: str) -> Understood:
    return understand(question, FACTS, history)


def first(question: str, *history: str) -> str:
    scopes = ask(question, *history).scopes
    return scopes[0].document_id if scopes else ""


@pytest.mark.parametrize(
    ("question", "document", "core"),
    [
        ("In the Harbor Point lease, may the tenant sublet?", LEASE, "may the tenant sublet?"),
        ("may the tenant sublet under the harbor point lease?", LEASE, "may the tenant sublet under the lease?"),
        ("Does HarborLease.pdf allow subletting?", LEASE, "Does the lease allow subletting?"),
        ("Does cedar st.pdf allow subletting?", SECOND_LEASE, "Does the lease allow subletting?"),
        ("what is the term of the Cedar Street lease", SECOND_LEASE, "what is the term of the lease"),
        ("What changed in the Harbor Point amendment?", AMENDED, "What changed in the amendment?"),
        ("What does the First Amendment to Industrial Lease change?", AMENDED, "What does the First Amendment change?"),
        ("under our 2019 NDA with Tidewell, who may see it?", OLD_NDA, "who may see it?"),
        ("Who may see secrets under the NDA with Tidewell dated January 8, 2021?", NDA, ""),
        ("under the latest Tidewell NDA, who may see it?", NDA, "who may see it?"),
        ("What does Smith's deposition say about the roof?", SMITH, "What does the deposition say about the roof?"),
        ("what did john doe's deposition say", DOE, ""),
        ("What did Northgate's letter of June 11, 2024 propose?", LETTER, "What did the letter propose?"),
        ("Harbour Point lease: who pays taxes?", LEASE, "who pays taxes?"),
        ('Consider the "Office Lease" between Oak Realty Corp. ("Landlord"); Quint Renner: Who pays?', SECOND_LEASE,
         "Who pays?"),
        ("Regarding the Cobalt Ridge NDA of 2021, what is confidential?", NDA, "what is confidential?"),
        ("Who repairs the roof under the lease between Delmar Foods and Harbor Point?", LEASE, ""),
        ("What does the letter say?", LETTER, "What does the letter say?"),
    ],
)  # fmt: skip
def test_the_document_that_is_named_and_what_is_asked_of_it(question: str, document: str, core: str) -> None:
    understood = ask(question)
    assert understood.scopes[0].document_id == document
    assert understood.scopes[0].score >= 0.6
    assert understood.scopes[0].document in DOCUMENTS[[one.id for one in DOCUMENTS].index(document)].names
    assert core in ("", understood.core)


@pytest.mark.parametrize(
    "question",
    [
        "May the tenant sublet?",
        "Is there a non-compete clause in this contract?",
        "Does this contract include an exclusivity agreement?",
        "Which leases expire in 2025?",
        "What is the governing law?",
        "",
        "???",
        "a" * 3000,
    ],
)
def test_a_question_that_names_nothing_is_left_alone(question: str) -> None:
    understood = ask(question)
    assert understood.scopes == ()
    assert understood.core == question.strip()


@pytest.mark.parametrize(
    ("question", "document", "value"),
    [
        ("Who may see secrets under the Tidewell NDA of January 8?", NDA, "2021-01-08"),
        ("What did the letter of June 11th propose?", LETTER, "2024-06-11"),
        ("What did the letter of June 12 propose?", LETTER, "June 12"),
    ],
)
def test_a_day_without_its_year_is_that_of_the_record(question: str, document: str, value: str) -> None:
    understood = ask(question)
    assert understood.scopes[0].document_id == document
    assert [one.value for one in understood.mentions if one.kind == "date"] == [value]


def test_a_day_of_several_years_keeps_them_all_in_view() -> None:
    facts = Facts([*DOCUMENTS, replace(DOCUMENTS[0], id="next", names=("next.pdf",), date="2020-03-15")])
    (date,) = (one for one in understand("What happened on March 15?", facts, ()).mentions if one.kind == "date")
    assert (date.value, date.alternatives) == ("March 15", ("2019-03-15", "2020-03-15"))


@pytest.mark.parametrize(
    "text", ["it may 10 times", "Section March 99", "June 11, 2024", "March 2019", "May 10% be paid?"]
)
def test_what_is_no_day_without_a_year(text: str) -> None:
    assert not [date for date in dates_of(text) if date.iso.startswith("--")]


def test_documents_that_nothing_tells_apart_are_all_meant_alike() -> None:
    scopes = ask("In the Tidewell NDA, who may see it?").scopes
    assert {scope.document_id for scope in scopes} == {NDA, OLD_NDA}
    assert scopes[0].score == scopes[1].score
    (mention,) = (one for one in ask("In the Tidewell NDA, who may see it?").mentions if one.kind == "document")
    assert len(mention.alternatives) == 1


def test_the_lease_of_a_matter_with_two_is_either_of_them() -> None:
    scopes = ask("What does the lease say about late fees?").scopes
    assert {scope.document_id for scope in scopes} == {LEASE, SECOND_LEASE}
    assert all(scope.score < 0.6 for scope in scopes)


def test_an_amendment_of_the_lease_is_looked_at_less_surely() -> None:
    scores = {scope.document_id: scope.score for scope in ask("In the Harbor Point lease, who pays?").scopes}
    assert 0 < scores[AMENDED] < scores[LEASE]


def test_a_party_that_is_the_subject_stays_and_narrows_softly() -> None:
    understood = ask("May Delmar Foods assign its rights?")
    assert understood.core == "May Delmar Foods assign its rights?"
    assert {scope.document_id for scope in understood.scopes} == {LEASE, AMENDED}
    assert all(scope.score < 0.5 for scope in understood.scopes)
    (party,) = (one for one in understood.mentions if one.kind == "party")
    assert understood.text[party.start : party.end] == "Delmar Foods"


def test_a_document_that_the_matter_does_not_hold_stays_in_the_question() -> None:
    understood = ask("Does the Zenith NDA allow residuals?")
    assert understood.core == "Does the Zenith NDA allow residuals?"
    assert all(scope.score < 0.6 for scope in understood.scopes)


def test_mentions_stand_where_they_say() -> None:
    question = (
        'Does Section 4.2 of the Harbor Point lease use "time is of the essence", or Exhibit B, see HARBOR000102?'
    )
    understood = ask(question)
    found = {(one.kind, question[one.start : one.end], one.value) for one in understood.mentions}
    assert {
        ("cite", "Section 4.2", "§ 4.2"),
        ("cite", "Exhibit B", "Exhibit B"),
        ("phrase", '"time is of the essence"', "time is of the essence"),
        ("bates", "HARBOR000102", "HARBOR000102"),
    } <= found
    assert understood.phrases == ("time is of the essence",)
    (stamp,) = (one for one in understood.mentions if one.kind == "bates")
    assert stamp.document_ids == (LETTER,)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("what is at 45:3-17 of Smith's deposition", "45:3-17"),
        ("what does ¶ 12 say", "¶ 12"),
        ("what is on page 7 of the letter", "at 7"),
        ("see § 11.3(b)", "§ 11.3(b)"),
        ("Schedule 2 of the lease", "Schedule 2"),
    ],
)
def test_cites(question: str, value: str) -> None:
    assert [one.value for one in ask(question).mentions if one.kind == "cite"] == [value]


@pytest.mark.parametrize("question", ["Is the meeting at 10:30 am?", "Did they pay $4.2 million in 2024?"])
def test_what_is_no_cite(question: str) -> None:
    assert not [one for one in ask(question).mentions if one.kind == "cite"]


def test_quoted_names_are_no_exact_phrases() -> None:
    assert ask('Does "Tidewell Foods, Inc." owe anything?').phrases == ()


def test_synonyms_and_the_documents_own_terms() -> None:
    expansions = ask("In the Harbor Point lease, when is rent due after termination?").expansions
    assert "Base Rent" in expansions
    assert "cancel" in expansions
    assert "Permitted Transfer" not in expansions
    terms = [one for one in ask("Is Base Rent fixed in the Harbor Point lease?").mentions if one.kind == "term"]
    assert [(one.value, one.document_ids) for one in terms] == [("Base Rent", (LEASE,))]


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("and who pays for it?", "and who pays for it? (insurance)"),
        ("does it renew automatically?", "does the lease renew automatically?"),
        ("What is the security deposit?", "What is the security deposit?"),
        ("and subtenants?", "subtenants (insurance)"),
    ],
)
def test_a_follow_up_is_made_standalone(question: str, core: str) -> None:
    understood = ask(question, "Is insurance required in the Harbor Point lease?")
    assert understood.core == core
    assert understood.scopes[0].document_id == LEASE
    assert understood.scopes[0].reason == "carried over"


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("Is there an NDA with Cobalt Ridge?", "Is there an NDA with Cobalt Ridge?"),
        ("Did the First Amendment change the rent?", "Did the First Amendment change the rent?"),
    ],
)
def test_what_is_asked_for_and_what_counts_stays_in_the_core(question: str, core: str) -> None:
    assert ask(question).core == core
    assert ask(question).scopes


def test_the_testimony_of_a_witness_goes_first() -> None:
    scopes = ask("What did Smith say about the roof?").scopes
    assert [scope.document_id for scope in scopes] == [SMITH]
    assert scopes[0].score >= 0.6
    assert all(scope.score < 0.6 for scope in ask("Where does Smith live?").scopes)


def test_a_follow_up_about_another_document_asks_the_same_of_it() -> None:
    understood = ask("what about the Cedar Street lease?", "In the Harbor Point lease, is insurance required?")
    assert understood.core == "is insurance required?"
    assert understood.scopes[0].document_id == SECOND_LEASE
    assert understood.text.startswith("what about the Cedar Street lease")


def test_a_follow_up_of_a_follow_up() -> None:
    history = ("Is insurance required in the Harbor Point lease?", "and who pays for it?")
    assert first("does it expire?", *history) == LEASE
    assert first("In the Cedar Street lease, who pays?", *history) == SECOND_LEASE
    assert ask("Which leases require insurance?", *history).scopes == ()


def test_a_chosen_scope_goes_before_what_the_question_says() -> None:
    question = "In the Harbor Point lease, who pays?"
    assert [scope.document_id for scope in understand(question, FACTS, scope=NDA).scopes] == [NDA]
    assert understand(question, FACTS, scope="").scopes == ()


@pytest.mark.parametrize(
    ("question", "kind", "value"),
    [
        ("What must Delmar Foods pay?", "party", "Delmar Foods, Inc."),
        ("What does HARBOR000102 say?", "bates", "HARBOR000102"),
        ("In the Harbor Point lease, what does § 4.2 say?", "cite", "§ 4.2"),
        ('Where does it say "time is of the essence"?', "phrase", "time is of the essence"),
        ("Under the Harbor Point lease, when is Base Rent due?", "term", "Base Rent"),
        ("What happened on March 3, 2024?", "date", "2024-03-03"),
        ("Is there a merger agreement with Zenith Corp?", "type", "merger"),
    ],
)
def test_what_is_left_out_does_not_count(question: str, kind: MentionKind, value: str) -> None:
    def mentioned(understood: Understood) -> bool:
        return any((one.kind, one.value) == (kind, value) for one in understood.mentions)

    before, left = ask(question), [LeftOut(kind, value)]
    assert mentioned(before), before.mentions
    after = understand(question, FACTS, without=left)
    assert not mentioned(after)
    assert after.text == question
    assert value not in (*after.phrases, *after.expansions)
    assert {(one.kind, one.value) for one in before.mentions} - {(kind, value)} <= {
        (one.kind, one.value) for one in after.mentions
    }


def test_pages_of_a_number_that_is_left_out_are_not_looked_at() -> None:
    question = "What does HARBOR000102 say?"
    assert [one.document_id for one in ask(question).scopes] == [LETTER]
    assert understand(question, FACTS, without=[LeftOut("bates", "HARBOR000102")]).scopes == ()


def test_a_document_that_is_left_out_leaves_the_others() -> None:
    question = "Compare the Harbor Point lease with the Cedar Street lease."
    assert {LEASE, SECOND_LEASE} <= {one.document_id for one in ask(question).scopes}
    left = understand(question, FACTS, without=[LeftOut("document", SECOND_LEASE)])
    assert SECOND_LEASE not in {one.document_id for one in left.scopes}
    assert LEASE in {one.document_id for one in left.scopes}
    again = understand("And who pays?", FACTS, [question], without=[LeftOut("document", SECOND_LEASE)])
    assert SECOND_LEASE not in {one.document_id for one in again.scopes}


def test_a_name_that_stands_only_in_the_text_is_found_there() -> None:
    facts = Facts(DOCUMENTS, lambda word: (SECOND_LEASE,) if word == "brightwater" else ())
    assert understand("In the Brightwater lease, who pays?", facts).scopes[0].document_id == SECOND_LEASE


def test_a_matter_without_documents() -> None:
    understood = understand("In the Harbor Point lease, who pays?", Facts([]))
    assert understood.scopes == ()
    assert understood.core
