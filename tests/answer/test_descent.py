"""The sections of a long document that a question asks for, and the definitions that it wants."""

from __future__ import annotations

import pytest
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from legalqa.answer.defined import asked_term, defining
from legalqa.answer.descent import Descent, matches
from legalqa.values.document import Definition, Outline

TITLES = {
    ("ARTICLE 5 COVENANTS",): "COVENANTS",
    ("ARTICLE 5 COVENANTS", "5.1 Conduct of Business"): "Conduct of Business",
    ("ARTICLE 5 COVENANTS", "5.4 Access to Information"): "Access to Information",
    ("ARTICLE 9 MISCELLANEOUS", "9.12 Specific Performance"): "Specific Performance",
}
CONDUCT = ["ARTICLE 5 COVENANTS", "5.1 Conduct of Business", "(a)"]
PERFORMANCE = ["ARTICLE 9 MISCELLANEOUS", "9.12 Specific Performance"]


def node(id: str, section: list[str], score: float, lead: int = 1, document: str = "merger") -> NodeWithScore:
    metadata = {"document_id": document, "section": section, "lead": lead}
    return NodeWithScore(node=TextNode(id_=id, text=id, metadata=metadata), score=score)


def order(nodes: list[NodeWithScore], question: str, children: int = 2_000) -> list[str]:
    descent = Descent(lambda _id: Outline(children, TITLES))
    return [one.node.node_id for one in descent.postprocess_nodes(nodes, QueryBundle(question))]


def test_a_child_under_the_heading_that_is_asked_for_comes_first() -> None:
    nodes = [node("business", CONDUCT, 0.030), node("equity", PERFORMANCE, 0.025)]
    assert order(nodes, "Where is the specific performance clause?") == ["equity", "business"]
    assert order(nodes, "How is the business to be conducted?") == ["business", "equity"]
    assert order(nodes, "What is the purchase price?") == ["business", "equity"]


def test_a_short_document_stays_as_it_is() -> None:
    nodes = [node("business", CONDUCT, 0.030), node("equity", PERFORMANCE, 0.025)]
    assert order(nodes, "Where is the specific performance clause?", children=200) == ["business", "equity"]


def test_a_long_document_gains_nothing_on_another() -> None:
    nodes = [node("other", CONDUCT, 0.030, document="lease"), node("equity", PERFORMANCE, 0.025)]
    assert order(nodes, "Where is the specific performance clause?") == ["other", "equity"]


def test_what_follows_goes_on_following() -> None:
    nodes = [node("business", CONDUCT, 0.010), node("equity", PERFORMANCE, 0.030, lead=0)]
    assert order(nodes, "Where is the specific performance clause?") == ["business", "equity"]


def test_what_is_named_goes_on_leading() -> None:
    nodes = [node("cite", CONDUCT, 0.0, lead=2), node("business", CONDUCT, 0.030), node("equity", PERFORMANCE, 0.025)]
    assert order(nodes, "Where is the specific performance clause?") == ["cite", "equity", "business"]


def test_a_heading_matches_by_the_words_that_few_headings_have() -> None:
    titles = ["Conditions to the Obligations of Parent", "Conditions to the Obligations of the Company", "Tax Matters"]
    first, second, third = matches("conditions that the Company sets", titles)
    assert 1 > second > first > 0
    assert third == 0
    assert matches("Tax matters", titles)[2] == pytest.approx(1)
    assert matches("", titles) == [0, 0, 0]
    assert matches("anything", []) == []


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ('What is the Definition of "Knowledge"', "Knowledge"),
        ("What is the definition of Superior Proposal?", "Superior Proposal"),
        ("What is the meaning of the term “Permitted Lien” in this agreement?", "Permitted Lien"),
        ('What does "Excluded Shares" mean?', "Excluded Shares"),
        ("How is Net Income defined?", "Net Income"),
        ("Define Business Day", "Business Day"),
        ("What does the tenant mean to pay?", None),
        ("Where is the specific performance clause?", None),
        ("Which law governs this agreement?", None),
    ],
)
def test_a_question_for_a_definition_is_told(question: str, term: str | None) -> None:
    assert asked_term(question) == term


def test_definitions_are_found_by_their_term() -> None:
    terms = ("Company Material Adverse Effect", "Knowledge", "Knowledge Group", "Intervening Event", "Lien", "Parent")
    definitions = [Definition(term, 10 * at, 10 * at + 9) for at, term in enumerate(terms)]

    def found(term: str) -> list[str]:
        return [one.term for one in defining(term, definitions)]

    assert found("knowledge") == ["Knowledge"]
    assert found("Material  Adverse Effect") == ["Company Material Adverse Effect"]
    assert found("Interveining Event") == ["Intervening Event"]
    assert found("Rent") == []  # part of "Parent", and no word of it
    assert found("Like") == []
