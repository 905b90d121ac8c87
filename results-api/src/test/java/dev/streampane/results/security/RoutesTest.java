// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.ext.web.Router;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No way into this service that nobody documented, and none on which nobody asks. */
class RoutesTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.streampane.results");

    @Test
    void shouldAskForAccessInEveryResource() {
        classes()
                .that()
                .areAnnotatedWith(Path.class)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Access.class)
                .check(CLASSES);
    }

    @Test
    void shouldDocumentEveryResource() throws IOException {
        // Given
        List<String> documented = Operations.documented();
        List<String> resources = new ArrayList<>();
        for (JavaClass resource : CLASSES) {
            if (resource.isAnnotatedWith(Path.class)) {
                for (JavaMethod method : resource.getMethods()) {
                    operation(resource, method, resources);
                }
            }
        }
        // Then
        assertThat(resources).hasSizeGreaterThan(5);
        assertThat(documented).containsAll(resources);
    }

    @Test
    void shouldAddRoutesInFewPlaces() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Route")
                .and()
                .haveSimpleNameNotEndingWith("Routes")
                .and()
                .doNotBelongToAnyOf(
                        Gate.class,
                        HttpRules.class,
                        dev.streampane.results.problem.ProblemPages.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Router.class)
                .check(CLASSES);
    }

    private static void operation(JavaClass resource, JavaMethod method, List<String> operations) {
        String path = resource.getAnnotationOfType(Path.class).value();
        if (method.isAnnotatedWith(Path.class)) {
            path += method.getAnnotationOfType(Path.class).value();
        }
        if (method.isAnnotatedWith(GET.class)) {
            operations.add("GET " + path);
        } else if (method.isAnnotatedWith(POST.class)) {
            operations.add("POST " + path);
        }
    }
}
