// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.PortOwner;
import dev.streampane.local.server.ProcessUsage;
import dev.streampane.local.server.ServerException;
import dev.streampane.local.server.ServiceBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks what the machine must offer before anything is started. Each refusal is one line that names the problem and what to do. */
public final class Preflight {

    public static final int JAVA = 17;
    static final long MEMORY_MIB = 4096;

    /** Memory for each job beyond the five that run by default. */
    static final long MEMORY_PER_JOB_MIB = 128;

    static final long DISK_MIB = 2048;

    /** What is measured; tests put other numbers in its place. */
    static class Machine {
        int javaVersion() {
            return Runtime.version().feature();
        }

        /** Memory that programs can still get, in MiB; empty when the system does not say. */
        Optional<Long> availableMemoryMib() {
            return Preflight.availableMemoryMib(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
        }

        long freeDiskMib(Path folder) throws IOException {
            return Files.getFileStore(folder).getUsableSpace() >> 20;
        }

        boolean isPortFree(int port) {
            return FreePorts.isFree(port)
                    && !FreePorts.isListening(port); // on macOS all addresses can be bound while one of them is in use
        }

        Optional<String> portOwner(int port) {
            return PortOwner.of(port);
        }
    }

    /**
     * The result of one check.
     *
     * @param name what was checked, such as memory
     * @param found what there is of it
     * @param refusal why nothing can be started, and what to do; empty: the check has passed
     */
    public record Finding(String name, String found, Optional<String> refusal) {

        /** The result of a check that has passed if {@code well}; otherwise {@code refusal} says what to do. */
        public static Finding of(String name, String found, boolean well, String refusal) {
            return new Finding(name, found, well ? Optional.empty() : Optional.of(refusal));
        }
    }

    private final Machine machine;

    Preflight(Machine machine) {
        this.machine = machine;
    }

    public Preflight() {
        this(new Machine());
    }

    /**
     * Checks the services' executables, Java, memory, disk and every port.
     *
     * @param settings what is to be started; the disk checked is that of its folder, or of the nearest existing folder above
     * @throws StackException with exit code {@link StackException#NOT_ALLOWED}
     */
    public void check(StackSettings settings) {
        if (settings.services() == ServiceBuild.NATIVE) {
            Servers.services(settings).forEach(Preflight::checkExecutable);
        }
        check(settings.data(), settings.portOffset(), settings.jobs().size());
    }

    private static void checkExecutable(String service) {
        try {
            ServiceBuild.NATIVE.built(service);
        } catch (ServerException e) {
            throw StackException.notAllowed(e.getMessage());
        }
    }

    void check(Path data, int portOffset, int jobs) {
        findings(data, portOffset, jobs).stream()
                .flatMap(finding -> finding.refusal().stream())
                .findFirst()
                .ifPresent(refusal -> {
                    throw StackException.notAllowed(refusal);
                });
    }

    /** The checks of Java, memory, disk and ports, in this order, passed or not. */
    public List<Finding> findings(Path data, int portOffset, int jobs) {
        return List.of(java(), memory(jobs), disk(data), ports(portOffset));
    }

    private Finding java() {
        int version = machine.javaVersion();
        return Finding.of(
                "Java",
                version + ", " + JAVA + " is needed",
                version >= JAVA,
                "Java " + version + " is too old: install a JDK 17 or newer and set JAVA_HOME to it");
    }

    private Finding memory(int jobs) {
        long needed = MEMORY_MIB + MEMORY_PER_JOB_MIB * Math.max(0, jobs - StackSettings.DEFAULT_JOBS.size());
        Optional<Long> available = machine.availableMemoryMib();
        String free = available.map(mib -> mib + " MiB free").orElse("not reported by the system");
        return Finding.of(
                "memory",
                free + ", " + needed + " are needed",
                available.orElse(needed) >= needed,
                available.orElse(0L)
                        + " MiB of memory are free, the stack needs "
                        + needed
                        + ": end other programs first");
    }

    private Finding disk(Path data) {
        Path folder = data.toAbsolutePath();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (!Files.isDirectory(folder)) {
            String refusal = folder + " is not a folder: name one with --data";
            return Finding.of("disk", refusal, false, refusal);
        }
        try {
            long free = machine.freeDiskMib(folder);
            return Finding.of(
                    "disk",
                    free + " MiB free at " + folder + ", " + DISK_MIB + " are needed",
                    free >= DISK_MIB,
                    free
                            + " MiB are free on the disk of "
                            + folder
                            + ", the stack needs "
                            + DISK_MIB
                            + ": free some, or name a folder elsewhere with --data");
        } catch (IOException e) {
            String refusal = "cannot read the free space at " + folder + ": " + e.getMessage();
            return Finding.of("disk", refusal, false, refusal);
        }
    }

    private Finding ports(int offset) {
        List<String> taken = new ArrayList<>();
        for (StackPort listener : StackPort.values()) {
            int port = listener.port(offset);
            if (!machine.isPortFree(port)) {
                String owner = machine.portOwner(port).orElse("a process that this user may not see");
                taken.add("port " + port + " (" + listener.text() + ") is in use by " + owner);
            }
        }
        return Finding.of(
                "ports",
                StackPort.values().length - taken.size() + " of " + StackPort.values().length + " are free",
                taken.isEmpty(),
                String.join(", ", taken)
                        + ": end that process, or move all ports, for instance with"
                        + " --port-offset "
                        + (offset < 20_000 ? offset + 10_000 : 0));
    }

    /** The available memory of the system, or what is left of the container's limit if that is less; the page cache counts as available in both. */
    static Optional<Long> availableMemoryMib(Path meminfo, Path cgroup) {
        Optional<Long> system =
                ProcessUsage.firstNumber(meminfo, "MemAvailable:").map(kib -> kib >> 10);
        Optional<Long> limit = ProcessUsage.firstNumber(cgroup.resolve("memory.max"), "");
        Optional<Long> used = ProcessUsage.firstNumber(cgroup.resolve("memory.current"), "");
        if (limit.isEmpty() || used.isEmpty()) {
            return system;
        }
        long files = ProcessUsage.firstNumber(cgroup.resolve("memory.stat"), "inactive_file ")
                .orElse(0L);
        long left = (limit.get() - used.get() + files) >> 20;
        return system.map(mib -> Math.min(mib, left));
    }
}
