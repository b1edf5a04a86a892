#!/bin/sh
# The main job from end to end; every command is printed before its output, to be repeated by hand.
# Usage: demo.sh [DOCKER_CONFIG_FILE REGISTRY]; without them a sample docker config is used.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
config=${1:-}
registry=${2:-ghcr.io}
rm -rf .demo
mkdir .demo
cd .demo

run() {
    printf '\n$ %s\n' "$*"
    eval "$*"
}

if [ -z "$config" ]; then
    echo "A sample docker config: two registries with the password in the file, one behind a credential helper."
    cp "$here/config.json" "$here/docker-credential-demo" .
    chmod +x docker-credential-demo
    export PATH="$PWD:$PATH"
    config=config.json
    run cat config.json
else
    case $config in
        "~/"*) config=$HOME/${config#"~/"} ;;
        /*) ;;
        *) config=../$config ;;
    esac
fi

printf '\nWhat can be handed over:\n'
run astrokpo registry list --docker-config "$config"

printf '\nSupport has an age identity (made by age-keygen, or kept in the OS keyring by astrokpo key generate),\n'
printf 'and gives its public half to customers:\n'
run "python $here/keygen.py support.key > support.pub"
run cat support.pub

printf '\nThe customer seals the credential of one registry for support:\n'
run "astrokpo secret create --docker-config $config --registry $registry --namespace geocentric-supernova-1234 --recipients-file support.pub"

printf '\nSupport looks into it before applying it with astrokpo secret apply; passwords are not shown:\n'
run "astrokpo secret inspect --identity support.key geocentric-supernova-1234.*.age"

printf '\nThe DAG names the secret:\n'
name=$(ls geocentric-supernova-1234.*.age | sed 's/^geocentric-supernova-1234\.//; s/\.age$//')
run astrokpo snippet --airflow 3 --image "$registry/acme/etl:1.4" --secret "$name"

printf '\nAll files are in .demo; make demo DOCKER_CONFIG_FILE=~/.docker/config.json REGISTRY=ghcr.io takes your own.\n'
