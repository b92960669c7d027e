@echo off
rem preceptor ARGUMENTS...: runs the command from this checkout; builds first where a source is newer than the last build.
setlocal
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0eng\build-if-stale.ps1"
if errorlevel 1 exit /b 1
dotnet "%~dp0src\Preceptor.Cli\bin\Release\net10.0\Preceptor.Cli.dll" %*
