# The .msi from what `py packaging\package.py` made of the bundle, with WiX Toolset 5 or newer (dotnet tool install wix).
# Needs no network. Sign with the firm's certificate: package.ps1 -Certificate <thumbprint>
param([string]$Certificate = "", [string]$Timestamp = "")
$ErrorActionPreference = "Stop"
$root = Split-Path (Split-Path $PSScriptRoot)
Set-Location $root
python packaging\package.py
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
$version = python -c "import sys; sys.path.insert(0, 'packaging'); import building; print(building.version())"
$application = Join-Path $root "build\package\legalqa"
$target = Join-Path $root "dist\legalqa-$version-x64.msi"
function Sign($files) {
    if ($Certificate) {
        $stamp = if ($Timestamp) { @("/tr", $Timestamp, "/td", "sha256") } else { @() }
        & signtool sign /sha1 $Certificate /fd sha256 @stamp $files
        if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    }
}
Sign @("$application\legalqa.exe", "$application\legalqa-window.exe")
wix build -arch x64 -d "Version=$version" -d "Application=$application" -o $target packaging\windows\legalqa.wxs
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
Sign @($target)
python -c "import sys; sys.path.insert(0, 'packaging'); import building; building.write_manifest(building.DIST)"
