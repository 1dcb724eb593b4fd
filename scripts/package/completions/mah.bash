# mah.bash - completion of mah for bash: `mah --complete` says what may come.

# _mah_files KIND: files that begin like $word: all, only folders (-d), or with an ending and folders.
_mah_files() {
  local name
  case $1 in
    -d) compgen -d -- "$word" ;;
    ?*) compgen -f -X "!*.$1" -- "$word"; compgen -d -- "$word" ;;
    *) compgen -f -- "$word" ;;
  esac | while IFS= read -r name; do
    if [[ -d ${name/#\~\//$HOME/} ]]; then printf '%s/\n' "$name"; else printf '%s\n' "$name"; fi
  done
}

_mah() {
  local words line word reply name start
  read -a words <<<"${COMP_LINE:0:COMP_POINT}" # takes backslashes away
  [[ ${COMP_LINE:0:COMP_POINT} == *[!\\][[:space:]] ]] && words+=("")
  word=${words[-1]}
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    case $line in
      /folders) reply=$(_mah_files -d) ;;
      /files*) line=${line#/files}; reply=$(_mah_files "${line# }") ;;
      *) reply=$line ;;
    esac
    while IFS= read -r name; do
      [[ -n $name ]] && COMPREPLY+=("$(printf %q "$name" | sed 's,^\\~/,~/,')")
    done <<<"$reply"
  done < <("${words[0]/#\~\//$HOME/}" --complete "${words[@]:1}" 2>/dev/null)
  # bash replaces what stands behind the last = or : only.
  start=${word%"${word##*[=:]}"}
  [[ $start ]] && COMPREPLY=("${COMPREPLY[@]#"$start"}")
  [[ ${COMPREPLY[0]} == *[/=] ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -o bashdefault -o default -F _mah mah
