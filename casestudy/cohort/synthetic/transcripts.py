"""From what is planted to what is said: the transcripts, with search terms planted by quota too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from .design import Design
from .draws import Draw, rounded
from .planting import Interview, Mark
from .wording import Mention, marked_answer, question

WITH_TERM, STRAY_TERM = 80, 10  # per cent of the answers in a domain that hold one of its search terms, and of others
LABEL = "SYNTHETIC: an invented interview. No real person and no real alliance speaks here."


def plant_terms(seed: int, interviews: list[Interview], marks: list[Mark], domains: Mapping[str, str]) -> dict:
    """Return (source, answer) -> the domains of which a search term is said there, by quota within each site.

    `domains` maps codes to domains; a domain without search terms is not in it.
    """
    coded = {(domains[m.code], m.source, m.turn) for m in marks if m.code in domains}
    said = defaultdict(list)
    for domain in dict.fromkeys(domains.values()):
        for site in dict.fromkeys(i.person.site for i in interviews):
            draw = Draw(seed, f"terms {domain} {site} {interviews[0].wave}")
            turns = [(i.source, t) for i in interviews if i.person.site == site for t in range(i.turns)]
            inside = [turn for turn in turns if (domain, *turn) in coded]
            outside = [turn for turn in turns if (domain, *turn) not in coded]
            for some, share in ((inside, WITH_TERM), (outside, STRAY_TERM)):
                for turn in draw.sample(some, rounded(share, len(some))):
                    said[turn].append(domain)
    return dict(said)


def _lengths(draw: Draw, words: int, turns: int) -> list[int]:
    """Return the length of each answer; what one gains another loses, so that the sum holds."""
    base, rest = divmod(words, turns)
    lengths = [base + (i < rest) for i in range(turns)]
    for i in range(0, turns - 1, 2):
        moved = draw.below(2 * base // 3) - base // 3
        lengths[i], lengths[i + 1] = lengths[i] + moved, lengths[i + 1] - moved
    return lengths


def transcribe(
    seed: int, design: Design, interviews: list[Interview], marks: list[Mark], said: Mapping
) -> tuple[list[dict], dict]:
    """Return the rows of `segments` (a label, then per module a question and the answers), and
    (source, answer, code) -> where in the answer the code is told."""
    by_turn, rows, places = defaultdict(list), [], {}
    for mark in marks:
        by_turn[mark.source, mark.turn].append(mark)
    for interview in interviews:
        rows += _transcript(seed, design, interview, by_turn, said, places)
    return rows, places


def _transcript(seed: int, design: Design, interview: Interview, by_turn: Mapping, said: Mapping, places: dict):
    draw, person, source = Draw(seed, f"words {interview.source}"), interview.person, interview.source
    rows = [_row(interview, 0, "", "other", LABEL)]
    for turn, length in enumerate(_lengths(draw, design.words, interview.turns)):
        module = interview.module(turn)
        if module != rows[-1]["module"]:
            rows.append(_row(interview, len(rows), module, "interviewer", question(draw, module, person.site)))
        marks, domains = by_turn.get((source, turn), []), said.get((source, turn), [])
        mentions = [Mention(m.code, m.valence, m.pole, m.about) for m in marks]
        text, spans = marked_answer(draw, mentions, domains, length, person.group, person.site)
        places |= {(source, turn, mark.code): span for mark, span in zip(marks, spans, strict=True)}
        rows.append(_row(interview, len(rows), module, "informant", text) | {"turn": turn})
    return rows


def _row(interview: Interview, seq: int, module: str, speaker: str, text: str) -> dict:
    return {
        "segment": f"{interview.source}-{seq:03d}",
        "source": interview.source,
        "site": interview.person.site,
        "seq": seq,
        "module": module,
        "speaker": speaker,
        "text": text,
        "text_kind": "synthetic",
        "scope": "site",
        "basis": "explicit",
    }


def sources_of(interviews: list[Interview], segments: list[dict]) -> list[dict]:
    """Return the rows of `sources`; a page has 275 words."""
    words: dict[str, int] = defaultdict(int)
    for row in segments:
        words[row["source"]] += len(row["text"].split()) if row["speaker"] == "informant" else 0
    return [
        {
            "source": i.source,
            "site": i.person.site,
            "kind": "interview",
            "group": i.person.group,
            "informant": i.person.informant,
            "wave": i.wave,
            "year": 2010 + i.wave,
            "title": f"SYNTHETIC interview with {i.person.informant}, wave {i.wave}",
            "licence": "CC BY 4.0",
            "read_extent": "full",
            "pages": f"{words[i.source] * 10 // 275 / 10:.1f}",
            "n_words": words[i.source],
        }
        for i in interviews
    ]
