#!/bin/sh
# The tests drive Debian's chromium, check licences with poppler's pdfsig and certificates with openssl, keep keys in SoftHSM's tokens (read with
# opensc's pkcs11-tool), check SAML with xmlsec1 and talk to clients on node. As root we fetch what is missing.
set -eu
missing() {
    command -v chromium >/dev/null || echo chromium
    command -v pdfsig >/dev/null || echo poppler-utils
    command -v openssl >/dev/null || echo openssl
    command -v softhsm2-util >/dev/null || echo softhsm2
    command -v pkcs11-tool >/dev/null || echo opensc
    command -v xmlsec1 >/dev/null || echo xmlsec1
    command -v node >/dev/null || echo nodejs
}
[ -z "$(missing)" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing" $(missing) "…"
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(missing) fonts-noto-cjk >/dev/null || true
fi
if [ -n "$(missing)" ]; then
    echo "测试缺少" $(missing)"，请先安装：sudo apt-get install" $(missing) >&2
    exit 1
fi
