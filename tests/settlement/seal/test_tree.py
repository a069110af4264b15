"""The digest over many texts: each can be shown to be in it, and nothing else can."""

from settlement.seal import tree


def climbed(text: bytes, steps: list[tree.Step]) -> str:
    found = tree.leaf(text)
    for side, other in steps:
        found = tree.node(other, found) if side == "left" else tree.node(found, other)
    return found


def test_every_text_leads_to_the_root_and_no_other_does() -> None:
    for count in range(1, 18):
        texts = [f"statement {number}".encode() for number in range(count)]
        leaves = [tree.leaf(text) for text in texts]
        root = tree.root(leaves)
        for place, text in enumerate(texts):
            assert climbed(text, tree.path(leaves, place)) == root
            assert climbed(b"another", tree.path(leaves, place)) != root


def test_the_root_of_rfc_6962_examples() -> None:
    assert tree.root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.root([tree.leaf(b"")]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
