# evtools: `make` builds bin/, `make demo` shows them at work, `make test` proves them.
#   make test-real                         against real Kafka, PostgreSQL, SQLite, Prometheus, cron
#   make SANITIZE=address,undefined test   the same under sanitizers, in its own object folder
#   make CC=clang                          likewise
#   make lint                              clang-format, cppcheck, clang-tidy, shellcheck, mandoc
#   make bench BENCH="join window" N=10000000 PAIRS=5    beside DuckDB, jq and others; BENCH= all of them
#   make install DESTDIR= PREFIX=/usr/local

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
CFLAGS ?= -O2 -g
SANITIZE ?=
VERSION := 0.1.0

comma := ,
flavour := $(notdir $(firstword $(CC)))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
B ?= build/$(flavour)
# A sanitized build keeps its programs beside its objects, so that bin/ is always the plain one.
BIN ?= $(if $(SANITIZE),$(B)/bin,bin)

override CPPFLAGS += -D_GNU_SOURCE -DEVTOOLS_VERSION='"$(VERSION)"' -Isrc
override CFLAGS += -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -ffp-contract=off -fno-strict-aliasing -fstack-protector-strong -pthread \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
override LDFLAGS += $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,-z,relro,-z,now
override LDLIBS += -ljq -lzstd -lxxhash -lm -lpthread

tools := $(basename $(notdir $(wildcard src/tools/*.c)))
pages := $(wildcard man/*.[157])
modules := $(filter-out src/tools/%,$(wildcard src/*/*.c))
objects := $(modules:src/%.c=$(B)/%.o)
library := $(B)/libevtools.a
tests := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
fuzzers := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
benches := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
helpers := $(patsubst tests/contract/%.c,build/helpers/%,$(wildcard tests/contract/*.c))

all: $(tools:%=$(BIN)/%)

# Linked beside its objects and then copied: whichever compiler ran last, bin/ is that one's.
ifneq ($(BIN),$(B)/bin)
$(BIN)/%: $(B)/bin/% FORCE
	@cmp -s $< $@ || install -D $< $@
endif

$(B)/bin/%: $(B)/tools/%.o $(library)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(library) $(LDLIBS)

$(library): $(objects)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: src/%.c | $(B)/headers-are-there
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/headers-are-there:
	@mkdir -p $(@D)
	@printf '#include <%s>\n' jq.h zstd.h xxhash.h | $(CC) -E - >/dev/null 2>&1 || { echo \
	"evtools: $(CC), jq.h, zstd.h or xxhash.h is missing; Debian: apt-get install gcc libc6-dev" \
	"libjq-dev libzstd-dev libxxhash-dev; Fedora: gcc jq-devel libzstd-devel xxhash-devel" >&2; \
	exit 1; }
	@touch $@

$(B)/unit/%: tests/unit/%.c $(library)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) -Wno-missing-prototypes -MMD -MP $(LDFLAGS) \
	-o $@ $< $(library) $(LDLIBS) -lcmocka

# The library for these is built with -fsanitize=fuzzer-no-link (see tests/run-fuzz).
$(B)/fuzz/%: tests/fuzz/%.c $(library)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-missing-prototypes -MMD -MP $(LDFLAGS) -fsanitize=fuzzer \
	-o $@ $< $(library) $(LDLIBS)

$(B)/bench/%: tests/bench/%.c $(library)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(library) $(LDLIBS)

build/helpers/%: tests/contract/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

unit: $(tests)
	@tests/run-unit $(tests)

fuzz-programs: $(fuzzers)
bench-programs: $(benches)
helper-programs: $(helpers)

export CC SANITIZE BIN
test:
	+@tests/run
test-long:
	+@LONG=1 tests/run
test-real:
	+@tests/run-real
fuzz:
	+@tests/run-fuzz
bench:
	+@tests/bench/run $(BENCH)
lint:
	+@tests/lint
demo:
	+@examples/demo.sh

format:
	find src tests -name '*.[ch]' -exec clang-format -i {} +

install: all
	install -d $(DESTDIR)$(BINDIR) $(addprefix $(DESTDIR)$(MANDIR)/man,1 5 7)
	install $(tools:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	for page in $(pages); do \
	    install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/ || exit 1; done

uninstall:
	rm -f $(tools:%=$(DESTDIR)$(BINDIR)/%) \
	    $(foreach page,$(pages),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

clean:
	rm -rf build bin/ev*

FORCE:
.PHONY: all unit test test-long test-real fuzz bench lint demo format install uninstall clean FORCE \
	fuzz-programs bench-programs helper-programs
.SECONDARY:
-include $(wildcard $(B)/*/*.d)
