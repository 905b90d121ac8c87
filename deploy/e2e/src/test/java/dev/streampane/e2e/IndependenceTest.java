// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** What judges the system shares no code with what it judges. */
class IndependenceTest {

    @Test
    void shouldUseNeitherFlinkNorTheServicesCode() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.flink..",
                        "dev.streampane.pipeline..",
                        "dev.streampane.results..",
                        "dev.streampane.iot..",
                        "dev.streampane.tx..")
                .check(new ClassFileImporter().importPackages("dev.streampane.e2e"));
    }
}
