// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.ServiceUnderTest;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
@QuarkusIntegrationTest
class TransactionSimulatorNativeIT extends TransactionSimulatorIT {

    @Test
    void shouldBeTheExecutableThatIsTested() {
        assertThat(ServiceUnderTest.runsNative("transaction-simulator")).isTrue();
    }
}
