// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What planted faults of the checks do not show of the facts. */
class FactsTest {

    @ParameterizedTest
    @EnumSource
    void shouldReadPortsOfServicesAndServers(Service service) {
        assertThat(Ports.of(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name())));
        assertThat(Ports.management(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name() + "_MANAGEMENT")));
        assertThat(Ports.all()).contains(8080, 8081, 9080, 9092, 9200).doesNotContain(8079);
    }
}
