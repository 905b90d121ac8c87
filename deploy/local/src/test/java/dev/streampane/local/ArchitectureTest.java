// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ArchitectureTest {

    private static final String ROOT = "dev.streampane.local";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Each package uses those behind it alone. */
    private static final List<String> PACKAGES =
            List.of("command", "replay", "stack", "audit", "state", "log", "control", "server");

    @ParameterizedTest
    @FieldSource("PACKAGES")
    void shouldUseNoPackageBeforeIt(String name) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + '.' + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PACKAGES.subList(0, PACKAGES.indexOf(name)).stream()
                        .map(before -> ROOT + '.' + before)
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoOtherPackages() {
        classes()
                .should()
                .resideInAnyPackage(
                        PACKAGES.stream().map(name -> ROOT + '.' + name).toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void shouldKeepAuditsApartFromRunningStacks() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".audit", ROOT + ".state", ROOT + ".log")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".control")
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
                .resideOutsideOfPackage(ROOT + ".command")
                .and()
                .doNotHaveSimpleName("ParentWatchdog") // reads standard input
                .and()
                .doNotHaveSimpleName("KafkaMain") // a broker's process, whose output is its log
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }
}
