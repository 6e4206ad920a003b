#!/usr/bin/env python3
"""Records the churn that the quickstart scenario replays: what benchmarks really write to their virtual disks.

Seven machines of a small company are played by seven programs, each with a virtual disk of its own (an ext4 file
system on a loop device), so that nothing else on the host reaches the counters. Every 5 seconds the block layer's
counters of each disk (/sys/block/loopN/stat: writes completed, sectors written) go to a raw file: what passes there
is what a replication agent under the file system would see, journal and write-back included. `aggregate` turns the
raw file into the two CSVs beside this script. Nothing in them is drawn from a random generator of ours; pgbench
picks its own rows.

    sudo ./record.py record --work /var/tmp/record --hours 2      # can be cut short: touch /var/tmp/record/stop
    ./record.py aggregate --work /var/tmp/record --out .

Needs root (mount, loop devices), Python 3.9, PostgreSQL 15 with pgbench, ext4. README.md says on what it was run.
"""

import argparse
import csv
import datetime
import os
import pathlib
import subprocess
import threading
import time

PG = pathlib.Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
DISK = {"oltp": 6, "erp": 6, "report": 8, "web": 4, "log": 4, "files": 6, "idle": 3}  # GiB, sparse
PORT = {"oltp": 5501, "erp": 5502, "report": 5503, "web": 5504, "log": 5505, "idle": 5507}
SETTINGS = {"shared_buffers": "128MB", "max_wal_size": "512MB", "checkpoint_timeout": "5min", "wal_level": "replica",
            "autovacuum": "on", "fsync": "on", "synchronous_commit": "on", "listen_addresses": "''"}
EVERY = 5.0
SECTOR = 512


class Machine(threading.Thread):
    """One role: a disk, perhaps a database cluster, and an endless cycle of work in `work`."""

    def __init__(self, role, base, stop):
        super().__init__(name=role, daemon=True)
        self.role, self.stop = role, stop
        self.image, self.home = base / f"{role}.img", base / role
        self.log = base / f"{role}.log"

    # --- disk and cluster ---
    def attach(self):
        sh("truncate", "-s", f"{DISK[self.role]}G", self.image)
        # Everything is initialised now, so that no lazy initialisation is recorded later.
        sh("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.image)
        self.home.mkdir(parents=True, exist_ok=True)
        sh("mount", "-o", "loop", self.image, self.home)
        self.device = sh("findmnt", "-n", "-o", "SOURCE", self.home).strip().split("/")[-1]
        sh("chown", "postgres:postgres", self.home)

    def start_cluster(self):
        data = self.home / "pg"
        postgres(PG / "initdb", "-D", data, "-A", "trust", "-E", "UTF8")
        with open(data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())
            conf.write(f"port = {PORT[self.role]}\nunix_socket_directories = '{self.home}'\n")
        postgres("nice", "-n", "5", PG / "pg_ctl", "-D", data, "-l", self.home / "server.log", "-w", "start")
        postgres(PG / "createdb", "-h", self.home, "-p", PORT[self.role], "bench")

    def detach(self):
        if self.role in PORT:
            subprocess.run(as_postgres(PG / "pg_ctl", "-D", self.home / "pg", "-m", "fast", "stop"), check=False)
        subprocess.run(["umount", str(self.home)], check=False)
        self.image.unlink(missing_ok=True)

    def counters(self):
        fields = pathlib.Path(f"/sys/block/{self.device}/stat").read_text(encoding="ascii").split()
        return int(fields[6]) * SECTOR, int(fields[4])

    # --- work ---
    def run(self):
        while not self.stop.is_set():
            getattr(self, f"work_{self.role}")()

    def pause(self, minutes):
        self.stop.wait(minutes * 60)

    def tool(self, *command):
        """Runs a client; stops it when the recording ends."""
        with open(self.log, "ab") as out:
            child = subprocess.Popen(as_postgres("nice", "-n", "5", *command), stdout=out, stderr=out)
            while child.poll() is None:
                if self.stop.wait(0.5):
                    child.terminate()
                    child.wait()

    def clients(self, minutes, rate, *options, clients=4):
        """A phase of work: pgbench at `rate` transactions per second."""
        if not self.stop.is_set():
            self.tool(PG / "pgbench", "-h", self.home, "-p", PORT[self.role], "-n", "-c", clients, "-j", 1, "-T", round(minutes * 60),
                      "-R", rate, *options, "bench")

    def sql(self, *statements):
        for statement in statements:
            if not self.stop.is_set():
                self.tool(PG / "psql", "-h", self.home, "-p", PORT[self.role], "-q", "-c", statement, "bench")

    def load(self, scale):
        self.tool(PG / "pgbench", "-h", self.home, "-p", PORT[self.role], "-i", "-q", "-s", scale, "bench")

    def prepare(self):
        scale = {"oltp": 30, "erp": 20, "report": 1, "web": 15, "log": 1, "idle": 2}.get(self.role)
        if scale:
            self.load(scale)
        if self.role == "log":
            self.sql("CREATE TABLE line (at timestamptz DEFAULT now(), host int, text text)")

    def work_oltp(self):
        """An order system, TPC-B like: a morning, a noon dip, an afternoon peak, then a vacuum that rewrites the largest table."""
        for minutes, rate in ((6, 20), (4, 60), (8, 120), (5, 180), (4, 70), (8, 140), (5, 200), (4, 60)):
            self.clients(minutes, rate, "-b", "tpcb-like")
        self.sql("VACUUM FULL pgbench_accounts")
        self.pause(2)

    def work_erp(self):
        """A bookkeeping system: quiet entry of records, then a closing run that touches every account."""
        self.clients(11, 8, "-b", "simple-update")
        self.clients(13, 40, "-b", "simple-update")
        self.clients(9, 80, "-b", "tpcb-like")
        self.sql("UPDATE pgbench_accounts SET abalance = abalance + 1", "VACUUM pgbench_accounts")
        self.clients(12, 30, "-b", "simple-update")
        self.pause(6)

    def work_report(self):
        """A reporting warehouse: asleep, then a bulk load, derived tables, an index, and sorts that spill to disk."""
        self.pause(14)
        self.load(40)
        self.pause(3)
        for number in range(4):
            self.sql(f"DROP TABLE IF EXISTS mart_{number}",
                     f"CREATE TABLE mart_{number} AS SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid % 4 = {number}")
            self.pause(2)
        self.sql("CREATE INDEX ON mart_1 (abalance, aid)")
        for _ in range(6):
            self.sql("SELECT count(*) FROM (SELECT filler, aid FROM pgbench_accounts ORDER BY abalance, filler, aid DESC OFFSET 10) s")
            self.pause(4)
        self.pause(9)

    def work_web(self):
        """A web shop's database: nine reads to one write, with a rush."""
        for minutes, rate in ((7, 40), (6, 120), (4, 300), (9, 160), (5, 220), (6, 60)):
            self.clients(minutes, rate, "-b", "select-only@9", "-b", "simple-update@1")

    def work_log(self):
        """A log collector: appends only, in two intensities and one storm; starts a new table every cycle."""
        insert = self.home.parent / "log.sql"
        insert.write_text("INSERT INTO line (host, text) SELECT n, repeat(md5(n::text), 6) FROM generate_series(1, 100) n;\n", encoding="ascii")
        for minutes, rate in ((15, 4), (12, 12), (3, 45), (12, 8), (9, 5)):
            self.clients(minutes, rate, "-f", insert, clients=2)
        self.sql("TRUNCATE line")

    def work_files(self):
        """A file and mail server: small files, each made safe at once, the oldest deleted; a dump of the order database arrives once a cycle."""
        for minutes, per_second in ((8, 2), (10, 8), (7, 14), (10, 6)):
            self.small_files(minutes, per_second)
        if not self.stop.is_set():
            self.tool(PG / "pg_dump", "-h", self.home.parent / "oltp", "-p", PORT["oltp"], "-Fp", "-f", self.home / "orders.dump", "bench")
        self.small_files(8, 3)

    def small_files(self, minutes, per_second):
        sizes_kib = (2, 5, 3, 40, 8, 2, 15, 220, 4, 6, 30, 3, 1200, 9, 2, 70)
        box = self.home / "box"
        box.mkdir(exist_ok=True)
        begin = time.monotonic()
        for number in range(round(minutes * 60 * per_second)):
            if self.stop.wait(max(0.0, begin + number / per_second - time.monotonic())):
                return
            self.written = getattr(self, "written", 0) + 1
            name = box / f"{self.written:09}"
            with open(name, "wb") as file:
                file.write(os.urandom(1024) * sizes_kib[self.written % len(sizes_kib)])
                file.flush()
                os.fsync(file.fileno())
            (box / f"{self.written - 6000:09}").unlink(missing_ok=True)

    def work_idle(self):
        """A directory server: a handful of changes, hours of nothing much."""
        self.clients(10, 1, "-b", "simple-update", clients=1)
        self.clients(3, 6, "-b", "simple-update", clients=1)
        self.pause(9)


def sh(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def as_postgres(*command):
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *(str(part) for part in command)]


def postgres(*command):
    subprocess.run(as_postgres(*command), check=True, stdout=subprocess.DEVNULL, cwd="/")


def record(base, hours):
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    stop, flag = threading.Event(), base / "stop"
    flag.unlink(missing_ok=True)
    machines = [Machine(role, base, stop) for role in DISK]
    try:
        for machine in machines:
            machine.attach()
            if machine.role in PORT:
                machine.start_cluster()
                machine.prepare()
        # What the preparation left dirty is written back before the clock starts.
        sh("sync")
        time.sleep(60)
        sh("sync")
        for machine in machines:
            machine.start()
        sample(machines, base / "raw.csv", hours, flag)
    finally:
        stop.set()
        for machine in machines:
            if machine.is_alive():
                machine.join(60)
            machine.detach()


def sample(machines, raw, hours, flag):
    """Reads every disk's counters on a fixed beat that begins on a whole minute, and writes each row at once."""
    start = (int(time.time()) // 60 + 1) * 60
    with open(raw, "w", encoding="ascii", newline="") as file:
        out = csv.writer(file)
        out.writerow(["unix_s", *(f"{m.role}_{what}" for m in machines for what in ("bytes", "writes"))])
        for beat in range(int(hours * 3600 / EVERY) + 1):
            time.sleep(max(0.0, start + beat * EVERY - time.time()))
            out.writerow([f"{time.time():.3f}", *(value for m in machines for value in m.counters())])
            file.flush()
            if flag.exists():
                break


def aggregate(base, target, skip):
    """Counters to bytes per bucket: 5-second buckets as sampled, 1-minute buckets by summing twelve; and the mean write size per role.

    The first minutes, in which all machines start at once, are left out.
    """
    with open(base / "raw.csv", encoding="ascii") as file:
        rows = [[float(value) for value in row] for row in list(csv.reader(file))[1 + skip * 12 :]]
    roles = list(DISK)
    start = round(rows[0][0])
    late = max(row[0] - (start + number * EVERY) for number, row in enumerate(rows))
    minutes = (len(rows) - 1) // 12
    for name, step, count in (("pgbench-2026-11.csv", 12, minutes), ("pgbench-2026-11-5s.csv", 1, minutes * 12)):
        with open(target / name, "w", encoding="ascii", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["time", *roles])
            for bucket in range(count):
                at = datetime.datetime.fromtimestamp(start + bucket * step * EVERY, datetime.timezone.utc)
                first, last = rows[bucket * step], rows[(bucket + 1) * step]
                out.writerow([at.strftime("%Y-%m-%dT%H:%M:%SZ"), *(int(last[1 + 2 * n] - first[1 + 2 * n]) for n in range(len(roles)))])
    end = rows[minutes * 12]
    print(f"{minutes} minutes from {start}; latest sample {late * 1000:.0f} ms after its beat")
    for n, role in enumerate(roles):
        size, writes = end[1 + 2 * n] - rows[0][1 + 2 * n], end[2 + 2 * n] - rows[0][2 + 2 * n]
        print(f"{role:8} {size / 1e9:7.2f} GB  mean {size / minutes / 60e3:8.1f} kB/s  {writes / minutes / 60:6.1f} writes/s  {size / max(writes, 1) / 1024:6.1f} KiB each")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["record", "aggregate"])
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/var/tmp/record"))
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--skip", type=int, default=3, help="minutes at the beginning to leave out")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    arguments = parser.parse_args()
    if arguments.what == "record":
        record(arguments.work, arguments.hours)
    else:
        aggregate(arguments.work, arguments.out, arguments.skip)


if __name__ == "__main__":
    main()
