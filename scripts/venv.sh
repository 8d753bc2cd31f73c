#!/bin/sh
# Make the virtual environment. Debian leaves out the part of Python that does it; as root we can fetch it.
set -eu
PYTHON=${PYTHON:-python3}

if ! command -v "$PYTHON" >/dev/null || ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "需要 Python 3.11 或更新的版本；可以用 PYTHON=路径 make … 指定。Python 3.11 or later is needed." >&2
    exit 1
fi
if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv …"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null || true
    fi
    if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "缺少 python3-venv，请先安装：sudo apt-get install python3-venv（python3-venv is missing）" >&2
        exit 1
    fi
fi
echo "Virtual environment (.venv) …"
# Whole or not at all: one that was interrupted would look finished.
rm -rf .venv
"$PYTHON" -m venv .venv || { rm -rf .venv; exit 1; }
