#!/usr/bin/env bash
# The steps of `make setup` that depend on the machine: tools/setup/setup.sh python | node | browser | pin
set -euo pipefail
cd "$(dirname "$0")/../.."

stop() {
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit 1
}

# Install Debian packages where we may; answers false where we may not.
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -qq update &&
    apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends "$@" >/dev/null
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local name
  for name in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
    is_new_enough "$name" && { command -v "$name"; return; }
  done
  stop "Python 3.11 or newer is needed${PYTHON:+, and $PYTHON is not}." \
    "Install it (Debian, Ubuntu: apt install python3.11 python3.11-venv) or name it: make setup PYTHON=/path/to/python3.11"
}

make_environment() {
  local python version
  python=$(find_python)
  "$python" -m venv .venv >/dev/null 2>&1 && return
  rm -rf .venv
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  install_packages "python$version-venv" || stop "$python cannot make a virtual environment: its venv package is absent." \
    "Install it: sudo apt install python$version-venv"
  "$python" -m venv .venv
}

has_node() {
  command -v npm >/dev/null && node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2019 ? 1 : 0)' 2>/dev/null
}

# Where Node.js is absent or old, a Python package brings it into .venv.
prepare_node() {
  has_node || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/setup/node/requirements.txt
}

find_browser() {
  .venv/bin/python -m tests.support.chromium
}

prepare_browser() {
  find_browser >/dev/null && return
  install_packages chromium-headless-shell || install_packages chromium || true
  find_browser >/dev/null || stop "The browser tests need Chromium or Chrome, and none was found." \
    "Install it (Debian: sudo apt install chromium; Ubuntu: Google's .deb of Chrome) or name it: CHROMIUM=/path/to/chrome make test"
}

# Write the three requirements.txt again, with the hash of every file.
pin() {
  local folder
  .venv/bin/python -m venv .venv/pinning
  .venv/pinning/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
  for folder in . tests tools/setup/node; do
    (cd "$folder" && CUSTOM_COMPILE_COMMAND="make requirements" "$OLDPWD/.venv/pinning/bin/pip-compile" --quiet --upgrade \
      --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
      --output-file requirements.txt requirements.in)
  done
}

case "${1:-}" in
  python) make_environment ;;
  node) prepare_node ;;
  browser) prepare_browser ;;
  pin) pin ;;
  *) stop "usage: tools/setup/setup.sh python | node | browser | pin" ;;
esac
