"""`landbalance pack mirror`: what was fetched once, lent to others from a folder, a stick or a server, and signed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import megabytes, print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption

app = typer.Typer(
    help="Lend what was fetched to others: a signed mirror in a folder, on a stick or on a server.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
KeyOption = Annotated[str, typer.Option(help="Public key of the mirror, as its maker gave it: ed25519:...")]
MirrorsOption = Annotated[Path | None, typer.Option(help="File that names mirrors; your own settings when left out.")]
PlaceArgument = Annotated[str, typer.Argument(help="A folder, or an address that begins with https://.")]
CacheOption = Annotated[Path | None, typer.Option(help="Folder of what was fetched; packs share it.")]


@app.callback()
def mirror() -> None: ...


@app.command("key")
def write_key(
    file: Annotated[Path, typer.Argument(help="Where the private key is written; keep it to yourself.")],
    quiet: QuietOption = False,
) -> None:
    """Make a key to sign mirrors with, and print the public half that others pin."""
    from landbalance.io.packs.mirror_index import make_key

    public = make_key(file)
    say(f"{file}: keep it to yourself. Others trust mirrors signed by it with this key:", quiet=quiet)
    say(public)


@app.command()
def make(
    target: Annotated[Path, typer.Argument(help="Folder of the mirror, such as one on a stick.")],
    key: Annotated[Path, typer.Option(help="Private key to sign with: landbalance pack mirror key.")],
    name: Annotated[str, typer.Option(help="What it is called; keep it, an older list of one name is refused.")],
    pack: Annotated[list[str] | None, typer.Option(help="Only what this pack was made of; may be repeated.")] = None,
    to: Annotated[Path, typer.Option(help="Folder of packs.")] = Path("packs"),
    cache: CacheOption = None, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Write a mirror of what was fetched, or bring one up to date; what may not be passed on is left out."""
    from landbalance.io.packs.cache import Cache, cache_folder
    from landbalance.io.packs.carry import find_pack
    from landbalance.io.packs.mirror_index import public_of, read_key
    from landbalance.io.packs.mirror_make import make_mirror

    private = read_key(key)
    store = Cache(cache or cache_folder())
    try:
        packs = [find_pack(each, to) for each in pack or ()]
        stock = make_mirror(target, store, private, name, datetime.now(UTC), packs=packs)
    finally:
        store.close()
    say(f"{target}: {stock.files:,} files, {stock.answers:,} answers, {megabytes(stock.bytes)}", quiet=quiet)
    if stock.left_out:
        say(f"left out: {stock.left_out:,} files that may not be passed on", quiet=quiet)
    say(f"Next: landbalance pack mirror use PLACE --key {public_of(private)}", quiet=quiet)


@app.command()
def check(place: PlaceArgument, key: KeyOption, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Read a whole mirror: its signature, its date and every part; exit with 1 if something is wrong."""
    from landbalance.core.errors import RuleError
    from landbalance.io.packs.mirror_make import check_mirror
    from landbalance.io.packs.mirrors import Trusted, checked_place, opened

    with opened(Trusted(checked_place(place), key)) as mirror:
        stock, wrong = check_mirror(mirror)
    if json:
        print_json({"name": mirror.index.name, "made": mirror.index.made, "stock": stock, "wrong": wrong})
    else:
        say(f"{mirror.index.name}, made {mirror.index.made:%Y-%m-%d %H:%M}: {stock.files:,} files, "
            f"{stock.answers:,} answers, {megabytes(stock.bytes)}", quiet=quiet)  # fmt: skip
        for each in wrong:
            say(f"wrong: {each.url}: {each.why}", quiet=quiet)
    if wrong:
        raise RuleError("{count} parts of the mirror are wrong", count=len(wrong),
                        hint="have it made anew: landbalance pack mirror make replaces them")  # fmt: skip


@app.command()
def use(
    place: PlaceArgument, key: KeyOption,
    source: Annotated[list[str] | None, typer.Option(help="Beginning of addresses it stands for.")] = None,
    mirrors: MirrorsOption = None, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Trust a mirror from now on: its list is read and its key pinned; it is asked before the sources."""
    from landbalance.io.packs.mirrors import EVERYTHING, Trusted, checked_place, mirrors_file, name_mirror, opened

    trusted = Trusted(checked_place(place), key, tuple(source or (EVERYTHING,)))
    with opened(trusted) as mirror:
        name_mirror(mirrors or mirrors_file(), trusted)
    say(f"{mirror.index.name}, made {mirror.index.made:%Y-%m-%d}: {len(mirror.index.files):,} files; "
        f"named in {mirrors or mirrors_file()}", quiet=quiet)  # fmt: skip


@app.command("list")
def list_mirrors(mirrors: MirrorsOption = None, json: JsonOption = False) -> None:
    """List the mirrors that are trusted, in the order they are asked."""
    from landbalance.io.packs.mirrors import mirrors_file, read_mirrors

    found = read_mirrors(mirrors or mirrors_file())
    if json:
        print_json(found)
        return
    if not found:
        say(f"no mirror is named in {mirrors or mirrors_file()}")
        return
    print_table(("mirror", "stands for", "key"), [(each.place, ", ".join(each.serves), each.key) for each in found])
