"""What a run of the bench found: one table, ratios, and a file for machines."""

import dataclasses
import datetime as dt
import json
import os
import platform
from pathlib import Path

from bench.measure import Result
from bench.sites import Site

SMALL, LARGE = 1_000, 1_000_000
#: What each ratio has to reach: at least, or (for growth) at most. Ratios that this run cannot tell are null.
BOUNDS = {
    "cached_vs_constant": (">=", 4),
    "not_modified_vs_constant": (">=", 7),
    "packed_vs_constant": (">=", 7),
    "cached_vs_nginx": (">=", 0.3),
    "miss_vs_jinja20": (">=", 0.7),
    "miss_vs_plain_100k": (">=", 60),
    "hit_growth_1k_1m": ("<=", 1.1),
    "miss_growth_1k_1m": ("<=", 1.3),
    "filtered_miss_growth_1k_1m": ("<=", 2.5),
    "deep_page_vs_first": ("<=", 1.5),
    "applications_vs_raw_1": (">=", 0.35),
    "applications_vs_raw_2": (">=", 0.5),
}


@dataclasses.dataclass(frozen=True)
class Run:
    """Everything one run found."""

    sites: list[Site]
    results: dict[str, Result]
    reference: int
    rounds: int
    seconds: float

    def rate(self, name: str) -> float | None:
        """Requests per second, or None for what was not measured."""
        return self.results[name].rate if name in self.results else None

    def ratio(self, over: str, under: str) -> float | None:
        """How much faster the one is than the other."""
        first, second = self.rate(over), self.rate(under)
        return None if first is None or not second else round(first / second, 3)

    def by_cost(self, over: str, under: str) -> float | None:
        """How much less of the server's processor the one takes than the other: the client's speed is not in it."""
        first, second = (self.results[name].cost if name in self.results else None for name in (over, under))
        return None if not first or second is None else round(second / first, 3)

    def ratios(self) -> dict[str, float | None]:
        """What is compared; a growth is the cost at a million posts by the cost at a thousand."""
        engine = "sqlite" if any(site.engine == "sqlite" for site in self.sites) else "postgresql"
        at, small, large = (f"{engine} {short(size)}" for size in (self.reference, SMALL, LARGE))
        sizes = [site.size for site in self.sites]
        least, most = f"{engine} {short(min(sizes))}", f"{engine} {short(max(sizes))}"
        return {
            "cached_vs_constant": self.ratio(f"hit {at}", "constant"),
            "not_modified_vs_constant": self.ratio("not modified", "constant"),
            "cached_vs_nginx": self.ratio(f"hit {at}", "nginx"),
            "miss_vs_jinja20": self.ratio(f"filtered {at}", "jinja20"),
            "miss_vs_plain_100k": self.ratio(f"filtered {engine} 100k", f"plain {engine} 100k"),
            "hit_growth_1k_1m": self.ratio(f"hit {small}", f"hit {large}"),
            "miss_growth_1k_1m": self.ratio(f"miss {small}", f"miss {large}"),
            "filtered_miss_growth_1k_1m": self.ratio(f"filtered {small}", f"filtered {large}"),
            "deep_page_vs_first": self.ratio(f"miss {at}", "miss, deep page"),
            **self._applications(),
            "hit_growth_of_this_run": self.ratio(f"hit {least}", f"hit {most}"),
            "miss_growth_of_this_run": self.ratio(f"miss {least}", f"miss {most}"),
            "filtered_miss_growth_of_this_run": self.ratio(f"filtered {least}", f"filtered {most}"),
            "cached_vs_bare_flask": self.ratio(f"hit {at}", "bare Flask"),
            "packed_vs_constant": self.ratio("hit, gzip", "constant"),
            "cached_vs_bare_flask_server_time": self.by_cost(f"hit {at}", "bare Flask"),
            "not_modified_vs_bare_flask_server_time": self.by_cost("not modified", "bare Flask"),
            f"miss_vs_plain_{short(self.reference)}_postgresql": self.ratio(
                f"filtered postgresql {short(self.reference)}", f"plain postgresql {short(self.reference)}"
            ),
        }  # fmt: skip

    def _applications(self) -> dict[str, float | None]:
        """Durable applications by durable files, with one worker and with two; then without the check of the file."""
        found = {}
        for engine, suffix in (("sqlite", ""), ("postgresql", "_postgresql")):
            for workers, name in ((1, f"application {engine}, 1 worker"), (2, f"application {engine}, 2 workers")):
                found[f"applications_vs_raw_{workers}{suffix}"] = self.ratio(name, "a file, synced")
                found[f"applications_unchecked_vs_raw_{workers}{suffix}"] = self.ratio(
                    f"{name}, unchecked", "a file, synced"
                )
        return found


def short(size: int) -> str:
    """ "1k", "1M"."""
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k"


def machine() -> str:
    """What ran it, in words."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} × {model}, {memory >> 20} GiB, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def as_text(run: Run) -> str:
    """The table and the ratios, as Markdown."""
    rows = ["| what answers | requests/s | p50 ms | p99 ms | server µs |", "|---|---:|---:|---:|---:|"]
    for name, result in run.results.items():
        cost = "" if result.cost is None else f"{result.cost:,.0f}"
        rows.append(f"| {name} | {result.rate:,.0f} | {result.median:.1f} | {result.slow:.1f} | {cost} |")
    rows += [
        "",
        "| site | openings | index | read in | queries, miss | queries, hit |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for site in run.sites:
        rows.append(
            f"| {site.engine} {short(site.size)} | {site.openings:,} | {site.index_bytes / 1e6:.2f} MB "
            f"| {site.index_seconds:.2f} s | {site.queries['miss']} | {site.queries['hit']} |"
        )
    rows += ["", "| ratio | found | wanted |", "|---|---:|---:|"]
    for name, value in run.ratios().items():
        sign, bound = BOUNDS.get(name, ("", ""))
        rows.append(f"| {name} | {'not measured' if value is None else value} | {sign} {bound} |")
    taken = f"{run.rounds} rounds of {run.seconds:g} s, 64 connections, server and client on a core each"
    return "\n".join([f"{machine()}; {taken}", "", *rows])


def write(run: Run, folder: Path) -> None:
    """The same for machines."""
    content = {
        "taken_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "rounds": run.rounds,
        "seconds": run.seconds,
        "items": {
            name: {
                "requests_per_second": round(one.rate, 1), "p50_ms": round(one.median, 3), "p99_ms": round(one.slow, 3),
                "server_us": one.cost and round(one.cost, 1),
            }
            for name, one in run.results.items()
        },
        "sites": [
            {
                "engine": site.engine, "posts": site.size, "openings": site.openings, "index_bytes": site.index_bytes,
                "index_seconds": round(site.index_seconds, 3), "queries": site.queries,
            }
            for site in run.sites
        ],
        "ratios": run.ratios(),
    }  # fmt: skip
    (folder / "bench.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(as_text(run) + "\n", encoding="utf-8")
