// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The service's classes without its tests, imported once for all rules. */
public final class MainClasses {

    static final String ROOT = "dev.streampane.results";

    public static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    private MainClasses() {}
}
