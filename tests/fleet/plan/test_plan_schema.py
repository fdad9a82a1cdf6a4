"""The schema of plans."""

from fleet.plan.plan_file import schemas


def test_every_key_of_the_schema_has_a_title():
    def titles(rules):
        for inner in rules.get("properties", {}).values():
            assert "title" in inner or "$ref" in inner
            titles(inner)

    titles(schemas().plan)
