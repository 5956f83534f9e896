"""What a power cut may leave of the files that a traced command has written.

The model: what was synced before the cut is there. Of what was not, each page of each write may be
there, missing or zeros, each truncation, creation, renaming and removal may have happened or not, in
any combination; an entry of a directory is sure once the directory was synced, whatever was done to
the file. (No journalling file system is as bad; one that is no better loses nothing else.)

A call during which its process is killed may have been carried out, in part, or not at all, and the next
run goes on from what is so: that is looked up in the folder. After each run the folder must hold just
what the model says of a system that was not cut off."""
import os
import random
import re
import subprocess

CALLS = ("open,openat,creat,write,pwrite64,writev,ftruncate,lseek,rename,renameat,renameat2,unlink,"
         "unlinkat,link,linkat,fsync,fdatasync,mkdir,mkdirat,fallocate")
PAGE = 4096
LINE = re.compile(r"(\d+) +(?:<\.\.\. \w+ resumed>)?(.*)")
CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(.*)", re.S)
HEX = re.compile(r"\\x([0-9a-f]{2})")


class File:
    """An inode: what was done to it, in order."""

    def __init__(self):
        self.operations = []  # begun, done, "write" | "truncate", offset, bytes | None
        self.synced = []      # begun, done
        self.position = 0     # where the next write(2) goes: each file is open for writing once
        self.length = 0


class Operation:
    def __init__(self, begun, done, kind, name, file=None, former=None):
        self.begun, self.done, self.kind = begun, done, kind
        self.name, self.file, self.former = name, file, former


class Directory:
    def __init__(self):
        self.operations = []
        self.synced = []


def text(quoted):
    return bytes.fromhex(HEX.sub(r"\1", quoted)).decode("utf-8", "surrogateescape")


def arguments_of(inside):
    """Paths, strings and numbers as they stand: strings are all in hexadecimal, so no comma and no
    bracket is in them."""
    return [part.strip() for part in inside.split(", ")]


class Trace:
    """The calls of some runs, as strace tells them, that changed something under a folder."""

    def __init__(self, folder):
        self.root = os.path.realpath(folder)
        self.names = {}        # path -> File, as the running system sees it
        self.directories = {self.root: Directory()}
        self.made = {}         # path of a directory -> Operation
        self.acknowledged = []  # (moment, snapshot): from then on that one or a later one must stay
        self.last_manifest = 0
        self.moments = 0
        self.starts = []       # moments at which runs begin
        self.renamings = []    # moments at which files get another name
        for path, _, _ in os.walk(self.root):
            self.directories[path] = Directory()

    def run(self, command, environment, log, given=None, kill=None):
        """Its status. `kill`: (call, n): at the nth such call of a thread the run is killed."""
        inject = ["-e", f"inject={kill[0]}:signal=KILL:when={kill[1]}"] if kill else []
        with open(given or os.devnull) as standard_input:
            result = subprocess.run(
                ["strace", "-f", "-y", "-xx", "-s", str(1 << 24), "-e", f"trace={CALLS}", *inject,
                 "-e", "signal=none", "-o", log, "--", *command], cwd=self.root, env=environment,
                stdin=standard_input, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.starts.append(self.moments)
        self.read(log)
        self.compare()
        return result.returncode

    def read(self, log):
        begun, killed = {}, []
        with open(log, encoding="ascii") as lines:
            for self.moments, line in enumerate(lines, self.moments + 1):
                thread, rest = LINE.match(line.rstrip("\n")).groups()
                if rest.startswith("+++ "):
                    continue
                since, before = begun.pop(thread, (self.moments, ""))
                if rest.endswith("<unfinished ...>"):
                    begun[thread] = (since, before + rest[:-len("<unfinished ...>")])
                elif " = ?" in rest:
                    killed.append((since, before + rest))
                else:
                    self.take(since, self.moments, before + rest)
        killed += [(since, before.rstrip(", ") + ") = ?") for since, before in begun.values()]
        for since, call in killed:
            self.take(since, self.moments, call.replace("<unfinished ...>", ""))

    def take(self, since, until, call):
        match = CALL.match(call)
        if match is None or match[3].startswith("-"):
            return
        handler = getattr(self, "on_" + match[1], None)
        if handler is None:
            raise ValueError("no model of " + match[1])
        handler(since, until, arguments_of(match[2]), match[3], match[4])

    def compare(self):
        """The folder with the model, which must be of one mind on what the runs have made."""
        for path, directory in self.directories.items():
            made = {operation.name for operation in directory.operations}
            for name in made:
                there = os.path.join(path, name)
                if os.path.isdir(there) != (there in self.directories) or \
                        os.path.isfile(there) != (there in self.names):
                    raise ValueError(f"the model is wrong about whether {there} is there")
        for path, file in self.names.items():
            with open(path, "rb") as content:
                if content.read() != self.contents(random, file, self.moments + 1, 1):
                    raise ValueError(f"the model is wrong about what is in {path}")

    # Paths

    def path(self, name, at=None):
        folder = self.root if at is None or "<" not in at else self.opened(at)
        return os.path.normpath(os.path.join(folder, text(name.strip('"'))))

    @staticmethod
    def opened(descriptor):
        return text(descriptor[descriptor.index("<") + 1:descriptor.rindex(">")])

    def inside(self, path):
        return os.path.dirname(path) in self.directories

    def enter(self, since, until, kind, path, file=None, former=None):
        self.directories[os.path.dirname(path)].operations.append(
            Operation(since, until, kind, os.path.basename(path), file, former))

    # Calls

    def on_openat(self, since, until, given, result, shown):
        path = self.path(given[1], given[0])
        flags = given[2]
        if not self.inside(path) or (result == "?" and not os.path.isfile(path)) or \
                os.path.isdir(path):
            return
        if "O_CREAT" in flags and path not in self.names:
            self.names[path] = File()
            self.enter(since, until, "create", path, self.names[path])
        if path in self.names and ("O_WRONLY" in flags or "O_RDWR" in flags):
            file = self.names[path]
            if "O_TRUNC" in flags:
                file.operations.append((since, until, "truncate", 0, None))
                file.length = 0
            file.position = file.length if "O_APPEND" in flags else 0

    def file(self, descriptor):
        return self.names.get(self.opened(descriptor)) if "<" in descriptor else None

    def store(self, since, until, file, offset, data):
        file.operations.append((since, until, "write", offset, data))
        file.length = max(file.length, offset + len(data))

    def on_write(self, since, until, given, result, _):
        file = self.file(given[0])
        if file is None:
            return
        data = self.written(given, file.position, result)
        self.store(since, until, file, file.position, data)
        file.position += len(data)

    def written(self, given, offset, result):
        data = bytes.fromhex(HEX.sub(r"\1", given[1].strip('"')))
        if result != "?":
            return data[:int(result)]
        with open(self.opened(given[0]), "rb") as file:
            file.seek(offset)
            return os.path.commonprefix([data, file.read(len(data))])

    def on_pwrite64(self, since, until, given, result, _):
        file = self.file(given[0])
        if file is not None:
            offset = int(given[3])
            self.store(since, until, file, offset, self.written(given, offset, result))

    def on_ftruncate(self, since, until, given, result, _):
        file = self.file(given[0])
        happened = result != "?" or os.path.getsize(self.opened(given[0])) == int(given[1])
        if file is not None and happened:
            file.operations.append((since, until, "truncate", int(given[1]), None))
            file.length = int(given[1])

    def on_lseek(self, since, until, given, result, _):
        file = self.file(given[0])
        if file is not None and result != "?":
            file.position = int(result)

    def sync(self, since, until, descriptor, result):
        path = self.opened(descriptor)
        if result == "?":
            return
        if path in self.directories:
            self.directories[path].synced.append((since, until))
            if path.endswith(".state") and self.last_manifest:
                self.acknowledged.append((until, self.last_manifest))
        elif path in self.names:
            self.names[path].synced.append((since, until))

    def on_fsync(self, since, until, given, result, _):
        self.sync(since, until, given[0], result)

    on_fdatasync = on_fsync

    def renamed(self, since, until, former, path, result):
        if not self.inside(path) or (result == "?" and os.path.lexists(former)):
            return
        file = self.names.pop(former, None)
        if file is None:
            return
        self.names[path] = file
        self.enter(since, until, "rename", path, file, os.path.basename(former))
        self.renamings.append(since)
        manifest = re.fullmatch(r"snapshot-(\d+)\.zst", os.path.basename(path))
        if manifest:
            self.last_manifest = int(manifest[1])
        # Whoever follows that output goes by the snapshot now.
        if path.endswith(".committed") and self.last_manifest:
            self.acknowledged.append((since, self.last_manifest))

    def on_rename(self, since, until, given, result, _):
        self.renamed(since, until, self.path(given[0]), self.path(given[1]), result)

    def on_renameat2(self, since, until, given, result, _):
        self.renamed(since, until, self.path(given[1], given[0]), self.path(given[3], given[2]),
                     result)

    on_renameat = on_renameat2

    def on_unlink(self, since, until, given, result, _):
        self.unlinked(since, until, self.path(given[0]), result)

    def on_unlinkat(self, since, until, given, result, _):
        self.unlinked(since, until, self.path(given[1], given[0]), result)

    def unlinked(self, since, until, path, result):
        if result == "?" and os.path.lexists(path):
            return
        if self.names.pop(path, None) is not None:
            self.enter(since, until, "unlink", path)

    def on_mkdir(self, since, until, given, result, _):
        path = self.path(given[0])
        if self.inside(path) and (result != "?" or os.path.isdir(path)):
            self.directories[path] = Directory()
            self.enter(since, until, "mkdir", path)

    # Cuts

    def cut(self, rng):
        """One state that a cut at a random moment may leave: the moment; {path: bytes, or None for
        a directory}, of what the command made; the least snapshot that must be there, 0 = none."""
        moment = rng.randrange(self.moments + 2)
        aim = rng.random()
        if aim < 0.25:
            # What the run before has left unsynced is gone on from.
            moment = rng.choice(self.starts) + rng.randrange(40)
        elif aim < 0.5 and self.renamings:
            # A name is new: is what it names there?
            moment = rng.choice(self.renamings) + rng.randrange(1, 3)
        luck = rng.choice([0, 0, 0.1, 0.5, 0.5, 0.9, 1])
        state = {}
        for path in sorted(self.directories):
            if path != self.root and path not in state and self.was_made(path):
                continue  # it is not there, nor what is in it
            state[path] = None
            self.list_directory(rng, path, moment, luck, state)
        sure = [number for begun, number in self.acknowledged if begun < moment]
        return moment, state, max(sure, default=0)

    def was_made(self, path):
        parent = self.directories.get(os.path.dirname(path))
        return parent is not None and any(operation.kind == "mkdir" and
                                          operation.name == os.path.basename(path)
                                          for operation in parent.operations)

    @staticmethod
    def sure_until(synced, moment):
        """What was done before this moment is on disk."""
        return max((begun for begun, done in synced if done < moment), default=-1)

    def list_directory(self, rng, path, moment, luck, state):
        directory = self.directories[path]
        sure = self.sure_until(directory.synced, moment)
        entries = {}
        for operation in directory.operations:
            if operation.begun >= moment:
                break
            durable = operation.done < sure
            if not durable and rng.random() >= luck:
                continue
            if operation.kind == "unlink":
                entries.pop(operation.name, None)
            else:
                entries[operation.name] = operation
                if operation.kind == "rename" and operation.former in entries and \
                        entries[operation.former].file is operation.file:
                    del entries[operation.former]
        for name, operation in entries.items():
            state[os.path.join(path, name)] = None if operation.kind == "mkdir" else \
                self.contents(rng, operation.file, moment, luck)

    def contents(self, rng, file, moment, luck):
        sure = self.sure_until(file.synced, moment)
        data = bytearray()
        for begun, done, kind, offset, written in file.operations:
            if begun >= moment:
                break
            durable = done < sure
            if kind == "truncate":
                if durable or rng.random() < luck:
                    del data[offset:]
                    data.extend(bytes(offset - len(data)))
            elif durable:
                self.place(data, offset, written)
            else:
                self.place_some(rng, data, offset, written, luck)
        return bytes(data)

    @staticmethod
    def place(data, offset, written):
        if len(data) < offset:
            data.extend(bytes(offset - len(data)))
        data[offset:offset + len(written)] = written

    def place_some(self, rng, data, offset, written, luck):
        """Page by page: there, missing, or (the length was recorded, the data not) zeros."""
        at = 0
        while at < len(written):
            size = min(PAGE - (offset + at) % PAGE, len(written) - at)
            if rng.random() < luck:
                self.place(data, offset + at, written[at:at + size])
            elif rng.random() < 0.3:
                self.place(data, offset + at, bytes(size))
            at += size
