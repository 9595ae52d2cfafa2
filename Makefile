# Everything that is done with this package, each from a clean clone: the targets install what they need themselves.
#
#   make run                        the demonstration, on the embedded broker
#   make run ARGS="--messages 100000"
#   make test                       all tests, those against other programs included

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Debian packages: what the package links, and what the tests speak with.
BUILD_PACKAGES := libsqlite3-dev libssl-dev
TEST_PACKAGES := $(BUILD_PACKAGES) mosquitto mosquitto-clients openssl python3 python3-jsonschema python3-paho-mqtt python3-prometheus-client python3-venv python3-yaml systemd
BENCH_PACKAGES := $(BUILD_PACKAGES) mosquitto gcc libc6-dev openssl redis-server redis-tools
COUNT_PACKAGES := $(BUILD_PACKAGES) gcc libc6-dev binutils strace valgrind
SOURCES := Package.swift Sources Tests Samples Plugins

# How swift build says where it puts its products.
RELEASE := $(CURDIR)/.build/release
DEBUG := $(CURDIR)/.build/debug
CLIENTS := $(CURDIR)/.build-clients

.PHONY: help run test unit-test interoperation hostile hostile-short ramp sanitize sanitize-address sanitize-thread broker release debug bench bench-state bench-restart bench-messages fuzz format lint clean setup-build setup-test

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: release ## Run the demonstration (ARGS="--messages 100000 --seed 7").
	@$(RELEASE)/martlet demo $(ARGS)

broker: release ## Run a durable broker on 127.0.0.1:1883 (ARGS="--port 1884").
	@$(RELEASE)/martlet broker --data .martlet $(ARGS)

test: unit-test interoperation hostile-short ## Run all tests.

unit-test: setup-test ## Run the tests of the package.
	swift build --build-tests
	CRASH_POINT_ROUNDS=$(or $(CRASH_POINT_ROUNDS),20) scripts/test-package

interoperation: debug $(CLIENTS)/installed ## Run the tests against mosquitto's clients, paho-mqtt, aiomqtt, gmqtt and awscrt.
	MARTLET=$(DEBUG)/martlet $(CLIENTS)/bin/python Tests/Interoperation/run.py $(ARGS)

# The client libraries of the tests, in a place of their own.
$(CLIENTS)/installed: Tests/Interoperation/requirements.txt | setup-test
	/usr/bin/python3 -m venv --clear --system-site-packages $(CLIENTS)
	$(CLIENTS)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

hostile: release setup-test ## Mutated packets and silent connections while a canary is served (ARGS="--packets 1000000 --silent 10000 --seed 1").
	MARTLET=$(RELEASE)/martlet /usr/bin/python3 Tests/Hostile/run.py $(ARGS)

ramp: release setup-bench ## Hold as many connections as the system lets one process have (ARGS="--connections 5000").
	MARTLET=$(RELEASE)/martlet /usr/bin/python3 Tests/Hostile/ramp.py $(ARGS)

hostile-short: debug
	MARTLET=$(DEBUG)/martlet /usr/bin/python3 Tests/Hostile/run.py --packets 20000 --silent 500 --rate 20 --seed 7

# With Swift's library inside, as `bench-messages` must have it: so that it only links anew, and the program runs where no Swift is.
release: setup-build
	swift build -c release --product martlet --static-swift-stdlib

debug: setup-test
	swift build --product martlet

bench: setup-bench release ## Compare the broker with mosquitto (ARGS="--quick", "--write" into docs/performance.md).
	Benchmarks/run $(ARGS)

bench-state: setup-bench release ## Compare state store and commits with redis (minutes).
	Benchmarks/state $(ARGS)

bench-restart: setup-bench release ## Measure a worker's start with a checkpoint of 1,000,000 keys (minutes).
	Benchmarks/restart $(ARGS)

# valgrind reads a program only when it is linked so.
bench-messages: ## Count system calls, allocations and instructions a message (ARGS=--check holds them against bounds).
	@scripts/install-packages $(COUNT_PACKAGES)
	swift build -c release --product martlet --static-swift-stdlib -Xlinker -z -Xlinker norelro
	Benchmarks/per-message $(ARGS)

fuzz: setup-build ## Fuzz the packet decoder, the state store and the engine (FUZZ_SECONDS=60 each).
	Fuzz/run $(or $(FUZZ_SECONDS),60) FuzzPackets
	Fuzz/run $(or $(FUZZ_SECONDS),60) FuzzState
	Fuzz/run $(or $(FUZZ_SECONDS),60) FuzzEngine

# The broker's rooms: what bytes of strangers reach, and what runs on several threads.
SANITIZED := MQTTPacketsTests,MQTTSessionsTests,BrokerEngineTests,MQTTTransportTests,MartletBrokerTests,BrokerListenerTests,MQTTClientTests,SQLiteJournalTests

sanitize: sanitize-address sanitize-thread ## Run the broker's tests under AddressSanitizer and ThreadSanitizer (long; each has a target).

# What lives until the process ends counts as a leak, Swift's own included, so leaks are not looked for.
sanitize-address: setup-test
	MARTLET_TESTS=$(SANITIZED) swift build --build-tests --sanitize=address --scratch-path .build-asan
	MARTLET_TESTS=$(SANITIZED) ASAN_OPTIONS=detect_leaks=0 scripts/test-package --no-parallel --sanitize=address --scratch-path .build-asan

sanitize-thread: setup-test
	MARTLET_TESTS=$(SANITIZED) swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	clang -O1 -shared -fPIC -o .build-tsan/mutex.so scripts/tsan-mutex.c -ldl
	MARTLET_TESTS=$(SANITIZED) TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/tsan-suppressions LD_PRELOAD=$(CURDIR)/.build-tsan/mutex.so \
		scripts/test-package --no-parallel --sanitize=thread --scratch-path .build-tsan

format: ## Format all sources.
	swift format format --in-place --recursive $(SOURCES)

lint: ## Fail on sources that are not formatted.
	swift format lint --strict --recursive $(SOURCES)

clean: ## Take away what was built.
	rm -rf .build .build-*

.PHONY: setup-bench
setup-build:
	@scripts/install-packages $(BUILD_PACKAGES)
setup-test:
	@scripts/install-packages $(TEST_PACKAGES)
setup-bench:
	@scripts/install-packages $(BENCH_PACKAGES)
