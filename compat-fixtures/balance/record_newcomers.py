"""Records whom the installed haproxy chooses when servers come and go on the stats socket (add server, del server):
python3 record_newcomers.py writes newcomers.json beside it."""

import os
import random
import socket

import record
from oracle import Oracle, read_head

# A step is ["pick", n], ["keys", [...]], ["add", number, id, weight] or ["del", number]; no number comes twice.


def followed(weights, steps, balance, option=""):
    """Steps with what each gave."""
    lines = "\n".join(f" server s{i} unix@{{dir}}/answers weight {w}" for i, w in enumerate(weights))
    config = record.HTTP.replace("BALANCE", f"{balance}\n {option}").replace("SERVERS", lines)
    done = []
    with Oracle(config) as oracle:

        def tell(command, answer):
            said = oracle.command(command).strip()
            if said != answer:
                raise RuntimeError(f"{command}: {said}")

        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(os.path.join(oracle.folder, "front"))

            def ask(header=""):
                client.sendall(f"GET / HTTP/1.1\r\nhost: x\r\n{header}\r\n".encode())
                return record.server_of(read_head(client)[0])

            for step in steps:
                if step[0] == "pick":
                    done.append(["pick", [ask() for _ in range(step[1])]])
                    continue
                if step[0] == "keys":
                    done.append(["keys", [[key, ask(f"x-k: {key}\r\n")] for key in step[1]]])
                    continue
                name = f"b/s{step[1]}"
                if step[0] == "add":
                    where = f"unix@{oracle.folder}/answers"
                    tell(f"add server {name} {where} id {step[2]} weight {step[3]}", "New server registered.")
                    tell(f"enable server {name}", "")
                else:
                    tell(f"disable server {name}", "")
                    tell(f"del server {name}", "Server deleted.")
                done.append(step)
    name = "hash" if option else balance
    return {"balance": name, "option": option, "weights": weights, "steps": done}


def cases():
    chance = random.Random(23)
    out = []
    for balance, option in (
        ("first", ""),
        ("leastconn", ""),
        ("hdr(x-k)", "hash-type consistent"),
        ("hdr(x-k)", "hash-type consistent djb2 avalanche"),
        ("roundrobin", ""),
    ):
        for _ in range(8):
            weights = [chance.choice([1, 1, 2, 3, 10]) for _ in range(chance.randint(1, 3))]
            live = {number: number + 1 for number in range(len(weights))}
            steps, coming = [], len(weights)
            for turn in range(14):
                asked = [f"{turn}/{key}" for key in range(12)]
                steps.append(["keys", asked] if option else ["pick", 7])
                if len(live) < 2 or chance.random() < 0.6:
                    number = chance.choice([n for n in range(1, 20) if n not in live.values()])
                    live[coming] = number
                    steps.append(["add", coming, number, chance.choice([1, 1, 2, 3, 10])])
                    coming += 1
                else:
                    gone = chance.choice(sorted(live))
                    del live[gone]
                    steps.append(["del", gone])
            out.append(followed(weights, steps, balance, option))
    return out


if __name__ == "__main__":
    record.write("newcomers.json", "record_newcomers.py, requests one after another, nbthread 1", cases())
