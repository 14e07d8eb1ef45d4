def test_tiny_loads(tiny):
    print(tiny.codings.head(), tiny.plan)


def test_make(make_cohort):
    import time

    t = time.time()
    cohort = make_cohort(
        [
            ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "ana"}),
            ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "ben"}),
            (
                "north",
                "n2",
                "patients",
                "money",
                "challenge",
                {"coder": "ana", "year": 2011, "about_group": "patients;funders"},
            ),
            ("", "n2", "patients", "trust", "strategy", {"coder": "ana"}),
            ("south", "s1", "patients"),
        ]
    )
    print(time.time() - t)
    from casestudy.methods import evidence

    print(cohort.assignments, cohort.sources.T, cohort.segments.T)
    t = time.time()
    make_cohort([("north", "n1", "funder", "money", "challenge")], evidence_level="document", synthetic=False)
    print(time.time() - t)
