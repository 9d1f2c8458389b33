"""What dnf knows and would do. Arguments: a request and a place for the answer, both JSON files.

Runs with the Python that the host's dnf runs with. Changes nothing but the cache directory and the keyring that the request names."""

import json
import sys

import dnf
import dnf.exceptions
import dnf.rpm
import hawkey


def open_base(request):
    base = dnf.Base()
    conf = base.conf
    if request.get("config"):
        conf.read(request["config"])
    # Keys of packages are kept in the database of this root, which is ours.
    conf.installroot = request["keyring"]
    conf.cachedir = request["cache"]
    conf.persistdir = request["cache"] + "/persist"
    conf.logdir = request["cache"] + "/log"
    if request.get("repositories"):
        conf.reposdir = request["repositories"]
    conf.plugins = False
    conf.install_weak_deps = False
    conf.best = True
    conf.metadata_expire = request["maxAgeSeconds"]
    conf.substitutions["releasever"] = request["release"]
    conf.substitutions["arch"] = request["architecture"]
    conf.substitutions["basearch"] = dnf.rpm.basearch(request["architecture"])
    conf.arch = request["architecture"]
    base.read_all_repos()
    if not list(base.repos.iter_enabled()):
        raise Failure("no-repositories", "no repository is enabled")
    base.fill_sack(load_system_repo=False)
    return base


class Failure(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def evr(package):
    return package.evr[2:] if package.evr.startswith("0:") else package.evr


def described(package):
    kind, digest = package.chksum
    return {
        "name": package.name,
        "version": evr(package),
        "architecture": package.arch,
        "hash": "%s:%s" % (hawkey.chksum_name(kind), digest.hex()),
        "sizeBytes": package.downloadsize,
    }


def named(base, name):
    """A package, or what provides the name."""
    query = base.sack.query().available()
    found = query.filter(name=name)
    return found if found else query.filter(provides=name)


def available(base, request):
    versions = {}
    for name in request["names"]:
        found = sorted(named(base, name), reverse=True)
        if found:
            versions[name] = list(dict.fromkeys(evr(package) for package in found))
    return {"versions": versions}


def names_of(base):
    return {"names": sorted({package.name for package in base.sack.query().available()})}


def resolve(base, request):
    missing = []
    for wanted in request["names"]:
        name, pin = wanted["name"], wanted.get("version")
        found = named(base, name)
        if pin:
            found = [package for package in found if evr(package) == pin]
        if not found:
            missing.append(name)
            continue
        selector = dnf.selector.Selector(base.sack)
        selector.set(pkg=list(found))
        base.goal.install(select=selector)
    if missing:
        return {"missing": missing}
    try:
        if base.resolve():
            return {"packages": [described(package) for package in base.transaction.install_set]}
    except dnf.exceptions.DepsolveError as error:
        return {"conflict": str(error)}
    return {"packages": []}


def fetch(base, request):
    wanted = {package["hash"] for package in request["packages"]}
    found = {}
    for package in base.sack.query().available().filter(name=[one["name"] for one in request["packages"]]):
        entry = described(package)["hash"]
        if entry in wanted:
            found.setdefault(entry, package)
    gone = [one["name"] for one in request["packages"] if one["hash"] not in found]
    if gone:
        raise Failure("gone", "the repositories do not have any more: " + ", ".join(sorted(gone)))
    try:
        base.download_packages(list(found.values()))
    except dnf.exceptions.Error as error:
        if "checksum" not in str(error).lower():
            raise
        # Of a local repository dnf does not say which.
        names = ", ".join(sorted(one["name"] for one in request["packages"]))
        raise Failure("checksum", "%s (of %s)" % (error, names)) from error
    for package in found.values():
        result, message = base.package_signature_check(package)
        if result == 1:
            # The key that the host's own repository file names.
            base.package_import_key(package, askcb=lambda *_: True, fullaskcb=lambda *_: True)
            result, message = base.package_signature_check(package)
        if result != 0:
            raise Failure("signature", message or "%s is not signed with the key of its repository" % package)
    return {"files": {entry: package.localPkg() for entry, package in found.items()}}


def answer(request):
    try:
        base = open_base(request)
        try:
            return {"available": available, "resolve": resolve, "fetch": fetch, "names": lambda b, _: names_of(b)}[
                request["command"]
            ](base, request)
        finally:
            base.close()
    except Failure as failure:
        return {"failure": {"kind": failure.kind, "message": str(failure)}}
    except dnf.exceptions.RepoError as error:
        return {"failure": {"kind": "network", "message": str(error)}}
    except dnf.exceptions.DownloadError as error:
        return {"failure": {"kind": "network", "message": str(error)}}
    except (dnf.exceptions.Error, ValueError) as error:
        return {"failure": {"kind": "signature" if "key" in str(error).lower() else "other", "message": str(error)}}


with open(sys.argv[1]) as file:
    asked = json.load(file)
with open(sys.argv[2], "w") as file:
    json.dump(answer(asked), file)
