# Builds the command if a source is newer than the last build; silent unless the build fails. Used by preceptor.cmd.
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
$project = Join-Path $root 'src\Preceptor.Cli'
$assembly = Join-Path $project 'bin\Release\net10.0\Preceptor.Cli.dll'
$built = Join-Path $project 'obj\built'

function Test-Stale {
    if (-not (Test-Path -LiteralPath $assembly) -or -not (Test-Path -LiteralPath $built)) { return $true }
    $time = (Get-Item -LiteralPath $built).LastWriteTimeUtc
    # Folders count too, because a deleted file leaves only its folder changed; project folders do not, because building
    # itself creates bin and obj in them.
    $inside = Get-ChildItem -LiteralPath (Join-Path $root 'src') -Directory |
        Get-ChildItem | Where-Object { $_.Name -ne 'bin' -and $_.Name -ne 'obj' }
    $below = $inside | Where-Object { $_.PSIsContainer } | Get-ChildItem -Recurse
    $central = 'global.json', 'Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props' |
        ForEach-Object { Get-Item -LiteralPath (Join-Path $root $_) }
    return @(@($inside) + @($below) + @($central) | Where-Object { $_.LastWriteTimeUtc -gt $time }).Count -gt 0
}

if (-not (Test-Stale)) { exit 0 }
# One build at a time, whichever checkout: the name needs no path in it.
$mutex = New-Object System.Threading.Mutex($false, 'preceptor-build')
try { [void]$mutex.WaitOne() } catch [System.Threading.AbandonedMutexException] { } # its holder was killed: the lock is ours
try {
    if (-not (Test-Stale)) { exit 0 }
    [Console]::Error.WriteLine('preceptor: building (the first time also downloads libtorch)')
    $output = & dotnet build $project --configuration Release --nologo --verbosity quiet
    if ($LASTEXITCODE -ne 0) {
        $output | ForEach-Object { [Console]::Error.WriteLine($_) }
        [Console]::Error.WriteLine('preceptor: the build failed')
        exit 1
    }
}
finally { $mutex.ReleaseMutex() }
exit 0
