"""The command line over the articles: sync, status, show, search."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import cli
from errors import IndexUnusable, UsageError

if TYPE_CHECKING:
    from corpus.status import Status

app = cli.new_app("Everything about the articles: read, index, look at, search.")

IndexOption = Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def sync(
    articles: Annotated[
        str | None, typer.Option("--articles", help="Folder or file; wins over ASSISTANT_ARTICLES.")
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the index equal to the articles: add, update, remove."""
    if articles is not None and "://" in articles:
        raise UsageError(f"{articles} is an address; give a folder or a file. Addresses cannot be read yet.")
    if articles is not None and not articles.strip():
        raise UsageError("--articles is empty; give a folder or a file.")
    settings = cli.settings(index)
    source = Path(articles) if articles is not None else settings.articles
    from corpus.sentence_transformer import named_embedder
    from corpus.sync import sync as make_equal

    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    with cli.progress_bar("Embedding passages") as start_progress:
        result = make_equal(source, settings.index_dir, embedder, start_progress)
    if as_json:
        cli.print_json(
            {
                "added": result.added,
                "updated": result.updated,
                "unchanged": result.unchanged,
                "removed": result.removed,
                "passages": result.passages,
                "embedded": result.embedded,
                "seconds": result.seconds,
                "rejected": [{"source": r.source, "reason": r.reason} for r in result.rejected],
            }
        )
    else:
        print(
            f"{result.added} added, {result.updated} updated, {result.unchanged} unchanged, {result.removed} removed; "
            f"{result.passages} passages, {result.embedded} embedded, {result.seconds:.1f} s."
        )
    for rejection in result.rejected:
        typer.echo(f"Rejected {rejection.source}: {rejection.reason}", err=True)
    if result.rejected:
        raise typer.Exit(1)


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and whether a real query works."""
    settings = cli.settings(index)
    from corpus.sentence_transformer import named_embedder
    from corpus.status import read_status

    state = read_status(settings.index_dir, named_embedder(settings.embedding_model, settings.models_dir))
    if as_json:
        cli.print_json(state.model_dump(mode="json"))
    else:
        _print_status(state)
    if not state.query_works:
        raise IndexUnusable("The index does not answer a real query. Run: python -m corpus sync")


def _print_status(state: Status) -> None:
    print(f"Version   {state.version}, built {state.created:%Y-%m-%d %H:%M} UTC")
    print(f"Embedder  {state.embedder}")
    for language, count in state.articles.items():
        print(f"{language}        {count} articles, {state.passages[language]} passages")
    print(f"Query     {'works' if state.query_works else 'FAILS'}")


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one article as it is stored."""
    settings = cli.settings(index)
    from corpus.status import stored_article

    article = stored_article(settings.index_dir, article_id)
    if as_json:
        cli.print_json(
            {
                "id": article.id,
                "title": article.title,
                "url": article.url,
                "language": article.language,
                "updated": article.updated.isoformat() if article.updated else None,
                "editor": article.editor,
                "topics": list(article.topics),
                "tests": list(article.tests),
                "text": article.text,
            }
        )
        return
    print(
        f"{article.title}\n{article.id}, {article.language}, updated {article.updated or 'unknown'}\n\n{article.text}"
    )


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(metavar="QUERY")] = None,
    language: Annotated[Literal["sv", "en"] | None, typer.Option(help="Only articles in this language.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only articles on this topic.")] = None,
    test: Annotated[str | None, typer.Option(help="Only articles about this test.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only articles updated on or after this day."),
    ] = None,
    per_article: Annotated[
        int, typer.Option("--per-article", min=1, help="At most this many passages an article.")
    ] = 1,
    k: Annotated[int | None, typer.Option("-k", min=1, max=1000, help="How many; 10, or 100 in a batch.")] = None,
    queries: Annotated[Path | None, typer.Option(help='Batch: a file of {"id","text"} lines.')] = None,
    run: Annotated[Path | None, typer.Option(help="Batch: the TREC run to write.")] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages, the matching sentence marked; or rank articles for a file of queries."""
    if (queries is None) != (run is None) or (query is None) == (queries is None):
        raise UsageError(
            "Give either a QUERY, or both --queries FILE and --run FILE. See: python -m corpus search --help"
        )
    settings = cli.settings(index)
    from corpus.cross_encoder import named_reranker
    from corpus.search import Filters, Searcher
    from corpus.sentence_transformer import named_embedder

    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    searcher = Searcher(settings.index_dir, embedder, named_reranker(settings.reranker))
    filters = Filters(language, topic, test, since.date() if since else None)
    if queries is not None and run is not None:
        from corpus.batch import write_run

        write_run(searcher, queries, run, k or 100, filters)
        return
    from corpus.batch import search_rows

    rows = search_rows(searcher, query or "", k or 10, filters, per_article)
    if as_json:
        cli.print_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        before, match, after = row.parts
        quote = f"{before}{typer.style(match, bold=True)}{after}".replace("\n", "\n  ")
        typer.echo(f"\n{row.title} ({row.language}, {row.updated or 'undated'}) {row.url or row.article_id}")
        typer.echo(f"{row.heading}\n  {quote}" if row.heading else f"  {quote}")
    if not rows:
        typer.echo("Nothing found.", err=True)


if __name__ == "__main__":
    cli.run(app)
