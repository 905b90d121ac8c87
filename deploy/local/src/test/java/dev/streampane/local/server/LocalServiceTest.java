// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service from its native executable, which a script stands for. */
class LocalServiceTest {

    private static final int SIGKILLED = 137;

    @TempDir
    Path checkout;

    private String root;

    @BeforeEach
    void moveCheckout() {
        root = System.getProperty(Checkout.ROOT_PROPERTY);
        System.setProperty(Checkout.ROOT_PROPERTY, checkout.toString());
    }

    @AfterEach
    void restoreCheckout() {
        if (root == null) {
            System.clearProperty(Checkout.ROOT_PROPERTY);
        } else {
            System.setProperty(Checkout.ROOT_PROPERTY, root);
        }
    }

    @Test
    void shouldSayWhatBuildsAnExecutableThatIsMissing() {
        LocalService service = service();

        assertThatThrownBy(service::launch)
                .isInstanceOf(ServerException.class)
                .hasMessageContainingAll("sensor/target/*-runner", "-Pnative package");
    }

    @Test
    void shouldRefuseToGuessWhichOfTwoExecutablesIsMeant() throws IOException {
        // Given
        executable("exit 0");
        Path older = checkout.resolve("sensor/target/sensor-0.9.0-runner");
        Files.createFile(older);
        LocalService service = service();
        // When Then
        assertThatThrownBy(service::launch)
                .isInstanceOf(ServerException.class)
                .hasMessageContainingAll("several executables", older.toString(), "sensor-1.0.0");
    }

    @Test
    void shouldRunTheExecutableItselfWithALimitOfMemory() throws Exception {
        // Given
        executable("echo \"$0 $* on $QUARKUS_HTTP_HOST:$QUARKUS_HTTP_PORT"
                + " and $QUARKUS_MANAGEMENT_HOST:$QUARKUS_MANAGEMENT_PORT\"; exec sleep 60");
        // When
        try (LocalService service = service()) {
            service.launch();
            // Then
            Path log = checkout.resolve("logs/sensor.log");
            await().untilAsserted(() -> assertThat(log)
                    .hasContent(checkout.resolve("sensor/target/sensor-1.0.0-runner")
                            + " -XX:+ExitOnOutOfMemoryError -Xms32m -Xmx256m on 127.0.0.1:8099 and 127.0.0.1:9099"));
            await().untilAsserted(() ->
                    assertThat(service.process().info().command().orElse("")).endsWith("/sleep"));
        }
    }

    @Test
    void shouldKeepTheLogOfALongRunBounded() throws Exception {
        // Given
        executable("while :; do head -c 3000000 /dev/zero | tr '\\0' x; echo; sleep 0.5; done");
        Path log = checkout.resolve("logs/sensor.log");
        LocalService service = service();
        // When
        try (service) {
            service.launch();
            // Then
            Path previous = log.resolveSibling("sensor.log.1");
            await().until(() -> Files.exists(previous) && Files.size(previous) > 8 << 20);
            await().until(() -> Files.size(log) > 0 && Files.size(log) < 8 << 20);
        }
    }

    @Test
    void shouldEndTheExecutableWhenItsParentHasGone() throws Exception {
        // Given
        executable("trap '' TERM; while :; do sleep 1; done");
        LocalService service = service();
        service.launch();
        // When: all that a child sees of a parent that was killed
        service.process().getOutputStream().close();
        // Then
        assertThat(service.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(service.process().exitValue()).isEqualTo(SIGKILLED);
    }

    @Test
    void shouldEndByItself() throws Exception {
        // Given
        executable("exit 3");
        LocalService service = service();
        // When
        service.launch();
        // Then
        assertThat(service.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(service.process().exitValue()).isEqualTo(3);
    }

    @Test
    void shouldNotBeReadyWhereTheServiceOfAnotherStackAnswers() throws Exception {
        // Given
        executable("sleep 1; echo 'the port is taken'; exit 3");
        HttpServer another = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        another.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        another.start();
        try (LocalService service = service(another.getAddress().getPort())) {
            service.launch();
            // When Then
            assertThatThrownBy(service::awaitReady)
                    .isInstanceOf(ServerException.class)
                    .hasMessageContainingAll("sensor ended with exit code 3", "the port is taken");
        } finally {
            another.stop(0);
        }
    }

    private LocalService service() {
        return service(9099);
    }

    private LocalService service(int managementPort) {
        return new LocalService(
                "sensor", ServiceBuild.NATIVE, checkout.resolve("logs"), 8099, managementPort, Map.of());
    }

    private void executable(String script) throws IOException {
        Path file = checkout.resolve("sensor/target/sensor-1.0.0-runner");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
