# evtools: `make` builds bin/, `make demo` shows them at work, `make test` proves them.
#   make SANITIZE=address,undefined test   the same under sanitizers, in its own object folder
#   make CC=clang                          likewise
#   make install DESTDIR= PREFIX=/usr/local

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
CFLAGS ?= -O2 -g
SANITIZE ?=
VERSION := 0.1.0

flavour := $(notdir $(firstword $(CC)))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
comma := ,
B ?= build/$(flavour)
# A sanitized build keeps its programs beside its objects, so that bin/ is always the plain one.
BIN ?= $(if $(SANITIZE),$(B)/bin,bin)

override CPPFLAGS += -D_GNU_SOURCE -DEVTOOLS_VERSION='"$(VERSION)"' -Isrc
override CFLAGS += -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -ffp-contract=off -fno-strict-aliasing -fstack-protector-strong \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
override LDFLAGS += $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,-z,relro,-z,now
override LDLIBS += -ljq -lzstd -lxxhash -lm

tools := $(basename $(notdir $(wildcard src/tools/*.c)))
modules := $(filter-out src/tools/%,$(wildcard src/*/*.c))
objects := $(modules:src/%.c=$(B)/%.o)
library := $(B)/libevtools.a
tests := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))

all: $(tools:%=$(BIN)/%)

$(BIN)/%: $(B)/tools/%.o $(library)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(library) $(LDLIBS)

$(library): $(objects)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/unit/%: tests/unit/%.c $(library)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) -Wno-missing-prototypes -MMD -MP $(LDFLAGS) -o $@ $< $(library) $(LDLIBS) -lcmocka

unit: $(tests)
	@for t in $(tests); do "$$t" || exit 1; done

clean:
	rm -rf build bin/ev*

.PHONY: all unit clean
.SECONDARY:
-include $(objects:.o=.d) $(tools:%=$(B)/tools/%.d) $(tests:=.d)
