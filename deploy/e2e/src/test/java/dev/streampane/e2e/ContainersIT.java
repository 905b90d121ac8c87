// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/containers/smoke}: the images, built by podman, run against the embedded stack, and by Docker Compose with stand-ins. */
@Tag("campaign")
@Tag("native")
class ContainersIT {

    private static final Path SMOKE = Checkout.root().resolve("deploy/containers/smoke");
    private static final String NEEDS =
            "podman runc mmdebstrap jq curl dockerd docker-compose docker-registry prometheus influxd";

    /** A step may take 15 minutes, and each of them says something at its end. */
    private static final int SILENT_MINUTES = 16;

    private static final int CLEAN_UP_MINUTES = 2;

    /** With this variable a CI machine that may make no containers goes without the test. */
    private static final String SKIP = "STREAMPANE_CONTAINERS_IF_POSSIBLE";

    @TempDir
    Path folder;

    @Test
    void shouldBuildTheImagesAndServeWindowsFromTheirContainers() throws IOException, InterruptedException {
        // Given
        for (String need : NEEDS.split(" ")) {
            Installed.require(
                    Installed.find(need).isPresent(), need + " is missing; .ci/packages has the Debian package");
        }
        requireContainers();
        boolean networks = mayMakeNetworks();
        Path output = folder.resolve("smoke.log");
        List<String> command = new ArrayList<>();
        command.add(SMOKE.toString());
        command.addAll(List.of("--port-offset", String.valueOf(Up.freePortOffset()), "stack"));
        if (networks) {
            command.add("compose");
        }
        if (ServiceUnderTest.build() == ServiceBuild.NATIVE) {
            command.add("--native");
        }

        // When
        Process smoke = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = false;
        try {
            for (long seen = -1; !ended && seen < Files.size(output); ) {
                seen = Files.size(output);
                ended = smoke.waitFor(SILENT_MINUTES, TimeUnit.MINUTES);
            }
        } finally {
            end(smoke, Duration.ofMinutes(1));
        }

        // Then
        String printed = Files.readString(output);
        System.Logger log = System.getLogger(ContainersIT.class.getName());
        log.log(System.Logger.Level.INFO, printed);
        assertThat(ended).as(printed).isTrue();
        assertThat(smoke.exitValue()).as(printed).isZero();
        assertThat(printed).contains("window over SSE", networks ? "lost=0 doubled=0" : "", "smoke: all is well");
    }

    /** Has a script clean up and end. Bash does neither before its command has ended, which is killed when it takes longer. */
    private static void end(Process script, Duration patience) throws InterruptedException {
        script.destroy();
        if (!script.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            script.descendants().forEach(ProcessHandle::destroyForcibly);
        }
        if (!script.waitFor(CLEAN_UP_MINUTES, TimeUnit.MINUTES)) {
            script.descendants().forEach(ProcessHandle::destroyForcibly);
            script.destroyForcibly();
        }
    }

    private static void requireContainers() throws IOException, InterruptedException {
        boolean may = mayMakeContainers();
        String message = "this user or machine may make no containers: run it as root, or set " + SKIP;
        if (System.getenv("CI") != null && System.getenv(SKIP) == null) {
            assertThat(may).as(message).isTrue();
        }
        Assumptions.assumeTrue(may, message);
    }

    /** Some machines let not even root mount and make namespaces; no package changes that. */
    private static boolean mayMakeContainers() throws IOException, InterruptedException {
        return succeeds("unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--mount-proc", "true");
    }

    /** Some have no bridges or no address translation, which a Docker engine makes its networks of. */
    private static boolean mayMakeNetworks() throws IOException, InterruptedException {
        boolean may = succeeds("unshare", "--net", "sh", "-c", "ip link add probe type bridge && iptables -t nat -S");
        if (!may) {
            System.getLogger(ContainersIT.class.getName())
                    .log(System.Logger.Level.WARNING, "this machine may make no networks: Docker Compose is not tried");
        }
        return may;
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
