// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the process that listens on a port, by Linux's {@code /proc}; elsewhere nobody is found. */
public final class PortOwner {

    private static final String LISTEN = "0A";

    private PortOwner() {}

    /** {@code "nginx (pid 123)"}; empty when it is another user's process or this is not Linux. */
    public static Optional<String> of(int port) {
        Set<String> sockets = listening(port);
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), sockets))
                .findFirst()
                .map(process -> name(process.pid()) + " (pid " + process.pid() + ")");
    }

    /** Whether a process listens on the port that is neither {@code process} nor one of its descendants; false where that cannot be seen. */
    static boolean isAnother(int port, ProcessHandle process) {
        Set<String> sockets = listening(port);
        return !sockets.isEmpty()
                && Files.isReadable(files(process.pid()))
                && Stream.concat(Stream.of(process), process.descendants()).noneMatch(own -> holds(own.pid(), sockets));
    }

    private static Set<String> listening(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try {
                Files.readAllLines(Path.of(table)).stream()
                        .skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields[3].equals(LISTEN) && port(fields[1]) == port)
                        .forEach(fields -> sockets.add("socket:[" + fields[9] + "]"));
            } catch (IOException notThere) {
                // no Linux, or one without IPv6
            }
        }
        return sockets;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static boolean holds(long pid, Set<String> sockets) {
        try (Stream<Path> files = Files.list(files(pid))) {
            return files.anyMatch(file -> isOneOf(sockets, file));
        } catch (IOException | UncheckedIOException notOurs) {
            return false;
        }
    }

    private static boolean isOneOf(Set<String> sockets, Path file) {
        try {
            return sockets.contains(Files.readSymbolicLink(file).toString());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static Path files(long pid) {
        return Path.of("/proc/" + pid + "/fd");
    }

    private static String name(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
        } catch (IOException gone) {
            return "a process";
        }
    }
}
