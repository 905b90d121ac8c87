// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {

    @Test
    void shouldFindTheOwnerOfAPortThatIsReallyInUse() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortOwner.of(socket.getLocalPort()))
                    .contains("java (pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void shouldTellAListenerOfAProcessFromThoseOfOthers() throws Exception {
        // Given
        ProcessHandle self = ProcessHandle.current();
        Process other = new ProcessBuilder("sleep", "60").start();
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();

            // When Then
            assertThat(PortOwner.isAnother(port, other.toHandle())).isTrue();
            assertThat(PortOwner.isAnother(port, self)).isFalse();
            assertThat(PortOwner.isAnother(port, self.parent().orElseThrow())).isFalse();
            closed = port;
        } finally {
            other.destroyForcibly();
        }
        assertThat(PortOwner.isAnother(closed, self)).isFalse();
    }
}
