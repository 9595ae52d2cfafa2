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
TEST_PACKAGES := $(BUILD_PACKAGES) mosquitto mosquitto-clients openssl python3 python3-jsonschema python3-paho-mqtt python3-prometheus-client python3-yaml systemd
BENCH_PACKAGES := $(BUILD_PACKAGES) mosquitto gcc libc6-dev openssl redis-server redis-tools
COUNT_PACKAGES := $(BUILD_PACKAGES) gcc libc6-dev binutils strace valgrind
SOURCES := Package.swift Sources Tests Samples Plugins

# How swift build says where it puts its products.
RELEASE := $(CURDIR)/.build/release
DEBUG := $(CURDIR)/.build/debug

.PHONY: help run test unit-test interoperation broker release debug bench bench-state bench-messages fuzz format lint clean setup-build setup-test

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: release ## Run the demonstration (ARGS="--messages 100000 --seed 7").
	@$(RELEASE)/martlet demo $(ARGS)

broker: release ## Run a durable broker on 127.0.0.1:1883 (ARGS="--port 1884").
	@$(RELEASE)/martlet broker --data .martlet $(ARGS)

test: unit-test interoperation ## Run all tests.

unit-test: setup-test ## Run the tests of the package.
	swift build --build-tests
	CRASH_POINT_ROUNDS=$(or $(CRASH_POINT_ROUNDS),20) swift test --skip-build

interoperation: debug ## Run the tests against mosquitto's clients and paho-mqtt.
	MARTLET=$(DEBUG)/martlet /usr/bin/python3 Tests/Interoperation/run.py $(ARGS)

release: setup-build
	swift build -c release --product martlet --static-swift-stdlib

debug: setup-test
	swift build --product martlet

bench: setup-bench release ## Compare the broker with mosquitto (ARGS="--quick", "--write" into docs/performance.md).
	Benchmarks/run $(ARGS)

bench-state: setup-bench release ## Compare state store and commits with redis (minutes).
	Benchmarks/state $(ARGS)

# valgrind reads a program only when it is linked so.
bench-messages: ## Count system calls, allocations and instructions a message (ARGS=--check holds them against bounds).
	@scripts/install-packages $(COUNT_PACKAGES)
	swift build -c release --product martlet --static-swift-stdlib -Xlinker -z -Xlinker norelro
	Benchmarks/per-message $(ARGS)

fuzz: setup-build ## Fuzz the packet decoder and the state store (FUZZ_SECONDS=60 each).
	Fuzz/run $(or $(FUZZ_SECONDS),60) FuzzPackets
	Fuzz/run $(or $(FUZZ_SECONDS),60) FuzzState

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
