// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.streampane.local");

    @Test
    void shouldPointFromCommandToStackToServers() {
        slices().matching("dev.streampane.local.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.streampane.local")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.streampane.local.stack", "dev.streampane.local.command")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.streampane.local.stack")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.streampane.local.command")
                .check(CLASSES);
    }

    @Test
    void shouldUseOnlyItsOwnModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.streampane.iot..",
                        "dev.streampane.tx..",
                        "dev.streampane.pipeline..",
                        "dev.streampane.results..")
                .check(CLASSES);
    }

    @Test
    void shouldPrintOnlyFromCommands() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.streampane.local.command")
                .and()
                .doNotHaveSimpleName("Tether") // reads standard input
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }
}
