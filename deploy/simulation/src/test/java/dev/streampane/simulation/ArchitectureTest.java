// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest extends ArchitectureContract {

    ArchitectureTest() {
        super(".*\\.(RecordSchedule|Faults|JsonText|OutgoingRecord|Generator)");
    }

    @Test
    void shouldWriteToTheConsoleOnlyAtTheStart() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SimulatorMain")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }
}
