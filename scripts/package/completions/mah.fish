# mah.fish - completion of mah for fish: `mah --complete` says what may come.

function __mah_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in ($words[1] --complete $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case /folders
                __fish_complete_directories "$word"
            case /files
                __fish_complete_path "$word"
            case '/files *'
                __fish_complete_suffix "$word" .(string replace '/files ' '' $line)
            case '*'
                echo $line
        end
    end
end

complete -c mah -f -a '(__mah_complete)'
