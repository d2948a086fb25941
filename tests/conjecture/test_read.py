"""Tables in files as people have them: other signs between fields, fields without a number, lines that are too short."""

import pytest

from certifield.conjecture import Conjecture, Table
from certifield.evidence import InputError

GRAPHS = "graph,n,girth,tree,mean\nA,1,,true,2.5\nB,2,3,yes,1.25\nC,3,NA,no,0.1\nD,4,4,no,0.2\n"


def test_what_is_left_out_is_told_with_its_first_line():
    table = Table.from_csv(GRAPHS)
    assert list(table.columns) == ["n", "mean"] and list(table.hypotheses) == ["tree"] and list(table.objects) == list("ABCD")
    told = "\n".join(table.remarks())
    assert "column girth left out: 2 of 4 fields are no numbers, such as 'NA', first in line 2" in told
    assert "mean: decimals, taken as exact" in told and "called by column graph" in told
    assert "decimals" not in "\n".join(Table.from_csv(GRAPHS, rounded=True).remarks())
    for entry in ("nan", "inf", "", "2,17"):
        bad = Table.from_csv(f'x,y\n1,2\n3,"{entry}"\n5,6\n')
        assert list(bad.columns) == ["x"] and list(bad.objects) == [0, 1, 2] and "in line 3" in bad.left_out["y"], entry
    assert "write 2.17" in bad.left_out["y"]
    assert "has no name" in "\n".join(Table.from_csv(",x\n0,1\n1,2\n").remarks())
    with pytest.raises(InputError, match=r"2 of 4 fields.*skip-rows"):
        Conjecture(table, "girth").run()
    with pytest.raises(InputError, match="girth was left out: 2 of 4"):
        table.column("girth")


def test_rows_may_be_left_out_instead():
    table = Table.from_csv(GRAPHS, missing="skip-rows")
    assert list(table.objects) == ["B", "D"] and "girth" in table.columns and "2 of 4 rows left out" in "\n".join(table.remarks())
    some = Table.from_csv(GRAPHS, missing="skip-rows", used=["n", "mean"])
    assert len(some) == 4 and "girth" in some.left_out
    for wrong in ({"missing": "guess"}, {"missing": "skip-rows", "used": ["nn"]}):
        with pytest.raises(InputError):
            Table.from_csv(GRAPHS, **wrong)
    with pytest.raises(InputError, match="complete"):
        Table.from_csv("x,y\n1,\n,2\n", missing="skip-rows")


def test_signs_and_encodings(tmp_path):
    plain = Table.from_csv(GRAPHS)
    for sign in ";\t":
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            file = tmp_path / "table.csv"
            file.write_bytes(GRAPHS.replace(",", sign).replace("\n", "\r\n").encode(encoding))
            for source in (file, str(file)):
                assert Table.from_csv(source).columns == plain.columns
    (tmp_path / "latin.csv").write_bytes("x,y\n1,2\n3,\xe9\n".encode("latin-1"))
    with pytest.raises(InputError, match="line 3"):
        Table.from_csv(tmp_path / "latin.csv")
    with pytest.raises(InputError, match="a file that there is"):
        Table.from_csv("nowhere.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b,a\n1,2,3\n", "stands over columns 1 and 3"),
        ("a,b\n1,2\n3\n", "line 3 has 1, separated by commas"),
        ("a;b\n1;2\n\n3;4;5\n", "line 4 has 3, separated by semicolons"),
        ("a,b\n", "one line of 2 names"),
        ("", "an empty text"),
        ("a,b\nx,y\nz,w\n", "no column of numbers"),
    ],
)
def test_what_cannot_be_read_is_told_by_line(text, told):
    with pytest.raises(InputError, match=told):
        Table.from_csv(text)
