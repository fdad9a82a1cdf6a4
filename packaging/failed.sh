# shellcheck shell=sh
# For venv.sh: says in one sentence why a step failed, and ends with an exit code of sysexits.h.

# cannot CODE TEXT
cannot() {
    echo "$2 Then type the same make again." >&2
    exit "$1"
}

# check_place FOLDER: before anything is made, it can be written, and there is room for it.
check_place() {
    if ! mkdir -p "$1" 2>/dev/null || [ ! -w "$1" ]; then
        case $1 in /*) place=$1 ;; *) place=$PWD/$1 ;; esac
        cannot 73 "$place cannot be written. Use a checkout on a disk that is not read-only, and that belongs to you."
    fi
    [ -x "$1/bin/python" ] || check_room "$1" 300
    check_room "${TMPDIR:-/tmp}" 100
}

# check_room FOLDER MEGABYTES
check_room() {
    free_mb=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    [ -n "$free_mb" ] || cannot 73 "The folder $1 is not there. Make it, or name another one in TMPDIR."
    [ "$free_mb" -ge "$2" ] || cannot 73 "The disk of $1 is too full: $free_mb MB are left, and $2 MB are needed. Make room."
}

# apt_failed LOG COMMAND
apt_failed() {
    archive=$(sed -n 's/.*Failed to fetch \([a-z]*:\/\/[^/ ]*\).*/\1/p' "$1" | tail -n 1)
    if [ -n "$archive" ]; then
        cannot 69 "apt-get cannot reach $archive, the archive of this system's packages. Connect this computer to the Internet."
    fi
    tail -n 20 "$1" >&2
    cannot 69 "apt-get failed; its reason stands above. Try: sudo apt-get update && sudo $2"
}

# pip_failed LOG FOLDER
pip_failed() {
    if grep -q "No space left on device" "$1"; then
        cannot 73 "The disk is full: the one of $PWD, or the one of ${TMPDIR:-/tmp} for temporary files. Make room."
    fi
    if grep -q "Read-only file system\|Permission denied" "$1"; then
        refused=$(sed -n "s/.*\(Read-only file system\|Permission denied\): \('[^']*'\).*/\2/p" "$1" | tail -n 1)
        cannot 73 "${refused:-A file in $PWD} cannot be written. Use a checkout that belongs to you, on a disk that is not read-only."
    fi
    if grep -q "Retrying (" "$1"; then
        index=$("$2/bin/python" -m pip config list 2>/dev/null | sed -n "s/^[^=]*[.:]index-url='\(.*\)'$/\1/p" | head -n 1)
        reason=$(sed -n "s/.*Retrying (.*\[Errno [-0-9]*\] \([^']*\)'.*/\1/p" "$1" | tail -n 1)
        cannot 69 "pip cannot reach its package index ${index:-https://pypi.org/simple} (${reason:-no answer}). Connect this computer to it."
    fi
    absent=$(sed -n 's/^ERROR: No matching distribution found for \(.*\)/\1/p' "$1" | tail -n 1)
    if [ -n "$absent" ]; then
        cannot 69 "pip finds no $absent where it may look. Correct its settings, which $2/bin/python -m pip config list shows."
    fi
    tail -n 20 "$1" >&2
    cannot 69 "pip could not prepare $2; its reason stands above."
}
