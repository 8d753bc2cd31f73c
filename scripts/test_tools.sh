#!/bin/sh
# The tests drive Debian's chromium, check licences with poppler's pdfsig and seals with openssl. As root we fetch what is missing.
set -eu
missing() {
    command -v chromium >/dev/null || echo chromium
    command -v pdfsig >/dev/null || echo poppler-utils
    command -v openssl >/dev/null || echo openssl
}
[ -z "$(missing)" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing" $(missing) "…"
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium poppler-utils openssl fonts-noto-cjk >/dev/null || true
fi
if [ -n "$(missing)" ]; then
    echo "测试缺少" $(missing)"，请先安装：sudo apt-get install chromium poppler-utils openssl fonts-noto-cjk" >&2
    exit 1
fi
