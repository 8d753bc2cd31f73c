#!/bin/sh
# Fetch the pinned npm packages and copy what is served (build/vendor) and what is printed with (build/fonts).
set -eu
if ! command -v npm >/dev/null; then
    echo "缺少 npm，请先安装：sudo apt-get install nodejs npm（npm is missing）" >&2
    exit 1
fi
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
rm -rf build/vendor build/fonts
mkdir -p build/vendor build/fonts
# Static file storage would look for the source map that the last line names.
sed '/^\/\*# sourceMappingURL=/d' node_modules/bootstrap/dist/css/bootstrap.min.css > build/vendor/bootstrap.min.css
cp node_modules/htmx.org/dist/htmx.min.js build/vendor/
fonts=node_modules/@expo-google-fonts/noto-sans-sc
cp "$fonts/400Regular/NotoSansSC_400Regular.ttf" "$fonts/700Bold/NotoSansSC_700Bold.ttf" "$fonts/LICENSE_FONT" build/fonts/
