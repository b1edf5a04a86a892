_astrokpo_completion() {
    local IFS=$'
'
    local line=${COMP_LINE:0:COMP_POINT}
    [[ $line != *[[:space:]] ]] || line+="''"
    COMPREPLY=( $( env COMP_WORDS="$line" \
                   COMP_CWORD=-1 \
                   _ASTROKPO_COMPLETE=complete_bash $1 ) )
    local word=${line##*[[:space:]]}
    word=${word#-*=}
    [[ $word != *:* ]] || COMPREPLY=( "${COMPREPLY[@]#"${word%:*}:"}" )
    return 0
}

complete -o default -F _astrokpo_completion astrokpo
