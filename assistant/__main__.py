"""The command line over the answers: ask one question, a file of them, or talk."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import cli
from assistant.commands import feedback
from errors import QuestionRefused, UsageError

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.progress import Writer
    from assistant.texts import Texts

app = cli.new_app("Answers from the articles, with the exact sentences they rest on.")
app.add_typer(feedback.app, name="feedback")

IndexOption = Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")]
LanguageOption = Annotated[
    Literal["sv", "en"] | None, typer.Option(help="Interface language, where the message does not decide.")
]
AgreeOption = Annotated[
    bool, typer.Option("--agree", help="Let a chat model that runs elsewhere be sent the messages; masked.")
]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION")] = None,
    questions: Annotated[Path | None, typer.Option(help='Batch: a file of {"id","question","history"} lines.')] = None,
    out: Annotated[Path | None, typer.Option(help="Batch: the file of answers to write.")] = None,
    language: LanguageOption = None,
    index: IndexOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the Answer as one JSON document.")] = False,
    agree: AgreeOption = False,
) -> None:
    """Answer one question, or a file of them."""
    if (questions is None) != (out is None) or (question is None) == (questions is None):
        raise UsageError(
            "Give either a QUESTION, or both --questions FILE and --out FILE. See: python -m assistant ask --help"
        )
    settings = cli.settings(index)
    from assistant.wiring import build_assistant

    assistant = build_assistant(settings)
    if questions is not None and out is not None:
        from assistant.batch import answer_file, count_questions

        with cli.progress_bar("Answering") as start_progress:
            result = answer_file(assistant, questions, out, start_progress(count_questions(questions)), agree)
        typer.echo(f"{result.answered} answered, {result.failed} failed.", err=True)
        if result.failed:
            raise typer.Exit(1)
        return
    answer = assistant.answer(question or "", interface_language=language, agreed=agree)
    if as_json:
        cli.print_json(answer.model_dump(mode="json"))
    else:
        print(as_text(answer))


@app.command()
def chat(language: LanguageOption = None, index: IndexOption = None, agree: AgreeOption = False) -> None:
    """Talk in the terminal. An empty line or Ctrl-D ends it."""
    settings = cli.settings(index)
    from assistant.texts import texts_for
    from assistant.wiring import build_assistant

    assistant = build_assistant(settings)
    assistant.warm_up()
    texts = texts_for(language or settings.language)
    print(f"{texts.ai_notice}\n{texts.urgent_notice}\n{_privacy_notice(assistant.writer, agree, texts)}")
    history: list[str] = []
    while True:
        try:
            question = input("\n> ") if sys.stdin.isatty() else input()
        except EOFError:
            break
        if not question.strip():
            break
        try:
            print(
                "\n" + as_text(assistant.answer(question, history, interface_language=language, agreed=agree)),
                flush=True,
            )
            history.append(question)
        except QuestionRefused as refusal:
            print(f"\n{refusal}", flush=True)


def _privacy_notice(writer: Writer | None, agree: bool, texts: Texts) -> str:
    if writer is None or (writer.outside and not agree):
        return texts.privacy_notice
    return texts.privacy_notice_outside if writer.outside else texts.privacy_notice_inside


def as_text(answer: Answer) -> str:
    """The answer for a terminal, without control characters."""
    lines = [f"{card.name}: {card.phone or ''}\n{card.text}" for card in answer.handover]
    lines += [notice.text for notice in answer.notices if notice.code != "demo_articles"]
    lines += [answer.message] if answer.message else []
    for sentence in answer.sentences:
        marks = "".join(f"[{n}]" for n in sentence.citations)
        lines.append(f"  - {sentence.text}" if sentence.role == "bullet" else f"{sentence.to_read} {marks}")
    lines += [answer.blood_test_prompt] if answer.blood_test_prompt else []
    lines += [f"[{c.n}] {c.title}, {c.updated or ''} {c.url or c.article_id}" for c in answer.citations]
    lines += [f"- {article.title} {article.url or article.article_id}" for article in answer.related]
    lines += [notice.text for notice in answer.notices if notice.code == "demo_articles"]
    return _CONTROL.sub("", "\n".join(lines))


if __name__ == "__main__":
    cli.run(app)
